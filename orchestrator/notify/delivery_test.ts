import { assertEquals } from "@std/assert";
import { type Channel, DeliveryError } from "./channel.ts";
import { openChannels } from "./channels.ts";
import { Delivery, RETRY_MS, WAITING_MAX } from "./delivery.ts";
import { message } from "./testing/messages.ts";
import { withWebhookSink } from "./testing/sinks.ts";

/** A channel that fails as told, then takes everything; resolves `all` after `count` deliveries. */
function scripted(failures: readonly DeliveryError[], count: number) {
  const left = [...failures];
  const taken: string[] = [];
  const all = Promise.withResolvers<void>();
  const channel: Channel = {
    name: "test (nowhere)",
    send({ id }) {
      const failure = left.shift();
      if (failure !== undefined) return Promise.reject(failure);
      taken.push(id);
      if (taken.length === count) all.resolve();
      return Promise.resolve();
    },
  };
  return { channel, taken, all: all.promise };
}

/** Pauses that take no time. */
function noted() {
  const pauses: number[] = [];
  return {
    pauses,
    pause: (ms: number) => {
      pauses.push(ms);
      return Promise.resolve();
    },
  };
}

const AGAIN = new DeliveryError("Busy", { retryable: true });
const NEVER = new DeliveryError("No", { retryable: false });

Deno.test("Delivery waits longer after each failure, and at least as long as it was asked", async () => {
  const asked = new DeliveryError("Slow", { retryable: true, retryAfterMs: 60_000 });
  const { channel, taken, all } = scripted([AGAIN, asked, AGAIN], 2);
  const { pauses, pause } = noted();
  const delivery = new Delivery(channel, { pause });
  delivery.add(message("a"));
  delivery.add(message("b"));
  await all;
  assertEquals(taken, ["a", "b"]);
  assertEquals(pauses, [RETRY_MS[0], 60_000, RETRY_MS[2]]);
  assertEquals(delivery.state().problem, null);
});

Deno.test("Delivery gives up what is refused for good, and goes on with the next", async () => {
  const { channel, taken, all } = scripted([NEVER], 1);
  const { pauses, pause } = noted();
  const delivery = new Delivery(channel, { pause });
  delivery.add(message("a"));
  delivery.add(message("b"));
  await all;
  assertEquals([taken, pauses], [["b"], []]);
});

Deno.test("Delivery gives up after the last try", async () => {
  const { channel, taken, all } = scripted(
    Array.from({ length: RETRY_MS.length + 1 }, () => AGAIN),
    1,
  );
  const { pauses, pause } = noted();
  const delivery = new Delivery(channel, { pause });
  delivery.add(message("a"));
  delivery.add(message("b"));
  await all;
  assertEquals([taken, pauses], [["b"], [...RETRY_MS]]);
});

Deno.test("Delivery keeps the newest of a flood", async () => {
  const hold = Promise.withResolvers<void>();
  const sent: string[] = [];
  const delivery = new Delivery({
    name: "slow",
    send: async ({ id }) => {
      sent.push(id);
      await hold.promise;
    },
  });
  for (let i = 0; i < WAITING_MAX + 5; i++) delivery.add(message(String(i)));
  assertEquals(delivery.state().waiting, WAITING_MAX);
  hold.resolve();
  await delivery.stop(1000);
  assertEquals(sent.length, WAITING_MAX + 1);
  assertEquals(sent.at(-1), String(WAITING_MAX + 4));
});

Deno.test("stop() ends a long pause and a server that says nothing", async () => {
  const { channel } = scripted([AGAIN, AGAIN], 1);
  const paused = new Delivery(channel);
  paused.add(message("a"));
  await paused.stop(10_000);
  const silent = new Delivery({
    name: "silent",
    send: (_, signal) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(AGAIN))),
  });
  silent.add(message("a"));
  await silent.stop(10);
  assertEquals(silent.state(), {
    name: "silent",
    waiting: 0,
    last_delivered: null,
    problem: "Busy",
  });
});

Deno.test("a webhook that answers 429 first gets the same message again", async () => {
  const answers = [
    () => new Response("slow", { status: 429, headers: { "retry-after": "2" } }),
    () => new Response("ok"),
  ];
  await withWebhookSink(answers, async (host, received) => {
    const [channel] = openChannels([`slack+http://${host}/T0`], { secret: null });
    const { pauses, pause } = noted();
    const delivered = Promise.withResolvers<void>();
    const delivery = new Delivery({
      name: channel!.name,
      async send(told, signal) {
        await channel!.send(told, signal);
        delivered.resolve();
      },
    }, { pause });
    delivery.add(message("a"));
    await delivered.promise;
    assertEquals(pauses, [2000]);
    assertEquals(received.map(({ text }) => text), [received[0]!.text, received[0]!.text]);
  });
});
