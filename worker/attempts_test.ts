import { assert, assertEquals } from "@std/assert";
import { type Attempt, AttemptLedger, HELD_MAX, type HeldOutcome } from "./attempts.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

function assignment(task_id: string, attempt = 1) {
  return { task_id, attempt, algorithm: "python", parameters: {} };
}

function outcome({ assignment: { task_id, attempt } }: Attempt): HeldOutcome {
  return { task_id, attempt, status: "cancelled", started_at: null, ended_at: 0, execution_ms: 0 };
}

Deno.test("AttemptLedger recognises an attempt until long after its acknowledgement", () => {
  const ledger = new AttemptLedger();
  const ref = { task_id: "a", attempt: 1 };
  assertEquals(ledger.recognise("farm", ref), undefined);
  const { attempt } = ledger.admit("farm", assignment("a"));
  assertEquals(ledger.recognise("farm", ref), "known");
  assertEquals(ledger.recognise("other farm", ref), undefined);
  ledger.end(attempt, outcome(attempt));
  assertEquals(ledger.acknowledge("farm", [ref]), 1);
  assertEquals(ledger.held, 0);
  assertEquals(ledger.recognise("farm", ref), "known");
});

Deno.test("AttemptLedger puts a newer attempt in the place of an older one", () => {
  const ledger = new AttemptLedger();
  const first = ledger.admit("farm", assignment("a", 2)).attempt;
  assertEquals(ledger.recognise("farm", { task_id: "a", attempt: 1 }), "superseded");
  const second = ledger.admit("farm", assignment("a", 3));
  assertEquals(second.older, first);
  assertEquals(ledger.holds("farm").length, 2, "both are held until each is acknowledged");
  ledger.end(second.attempt, outcome(second.attempt));
  assertEquals(ledger.admit("farm", assignment("a", 4)).older, undefined, "it had ended");
});

Deno.test("AttemptLedger keeps the first outcome and every outcome until acknowledged", () => {
  const ledger = new AttemptLedger();
  const { attempt } = ledger.admit("farm", assignment("a"));
  const ref = { task_id: "a", attempt: 1 };
  assertEquals(ledger.acknowledge("farm", [ref]), 0, "it has not ended");
  assert(ledger.end(attempt, outcome(attempt)));
  assertEquals(ledger.end(attempt, { ...outcome(attempt), ended_at: 9 }), false);
  assertEquals(attempt.outcome?.ended_at, 0);
  assertEquals(ledger.endedOf("farm"), [attempt]);
  assertEquals(ledger.holds("farm"), []);
  assertEquals(ledger.acknowledge("other farm", [ref]), 0);
  assertEquals(ledger.acknowledge("farm", [ref, ref]), 1);
  assertEquals([ledger.held, ledger.unacknowledged, ledger.endedOf("farm").length], [0, 0, 0]);
});

Deno.test("AttemptLedger has room for HELD_MAX attempts and gives up abandoned farms first", () => {
  const ledger = new AttemptLedger();
  for (let id = 0; id < HELD_MAX; id++) {
    const { attempt } = ledger.admit("abandoned", assignment(`t${id}`));
    if (id > 0) ledger.end(attempt, outcome(attempt));
  }
  const later = performance.now() + 2 * DAY_MS;
  assertEquals(ledger.hasRoom(), false);
  assertEquals(ledger.hasRoom(later), false, "one of its tasks still runs");
  const first = ledger.find("abandoned", { task_id: "t0", attempt: 1 })!;
  ledger.end(first, outcome(first));
  assertEquals(ledger.hasRoom(), false, "its orchestrator may come back today");
  assertEquals(ledger.hasRoom(later), true);
  assertEquals([ledger.held, ledger.unacknowledged], [0, 0]);
});
