/**
 * Receivers of notifications for tests: a web server that answers what it is told, a real SMTP
 * server that keeps what it gets.
 *
 * @module
 */
import { SMTPServer } from "smtp-server";

export interface Received {
  readonly headers: Headers;
  readonly text: string;
}

/** Runs `test` with a server that gives these answers in turn, the last one for ever. */
export async function withWebhookSink(
  answers: readonly (() => Response)[],
  test: (host: string, received: Received[]) => Promise<void>,
): Promise<void> {
  const received: Received[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async ({ headers, body }) => {
      const text = await new Response(body).text();
      received.push({ headers, text });
      return answers[Math.min(received.length, answers.length) - 1]!();
    },
  );
  try {
    await test(`127.0.0.1:${server.addr.port}`, received);
  } finally {
    await server.shutdown();
  }
}

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

/** Runs `test` with an SMTP server that knows one user; `greeting` refuses recipients with a code. */
export async function withMailSink(
  { user, password, refuse }: {
    readonly user: string;
    readonly password: string;
    /** Answer to every recipient instead of taking it. */
    readonly refuse?: number;
  },
  test: (port: number, mails: ReceivedMail[]) => Promise<void>,
): Promise<void> {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    onAuth(auth, _session, done) {
      const known = auth.username === user && auth.password === password;
      done(known ? null : new Error(`No such user ${auth.username}`), known ? { user } : undefined);
    },
    onRcptTo(_address, _session, done) {
      done(refuse === undefined ? null : Object.assign(new Error("No"), { responseCode: refuse }));
    },
    onData(stream, { envelope }, done) {
      let text = "";
      stream.on("data", (chunk: Uint8Array) => text += new TextDecoder().decode(chunk));
      stream.on("end", () => {
        const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
        mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), text });
        done();
      });
    },
  });
  const listener = server.listen(0, "127.0.0.1");
  await new Promise<void>((resolve) => listener.once("listening", () => resolve()));
  try {
    await test((listener.address() as { port: number }).port, mails);
  } finally {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}
