import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { RepeatedIds } from "./task_file_ids.ts";

Deno.test("RepeatedIds.mayRepeat() is true of every id that stands twice", () => {
  const ids = fc.array(fc.string({ maxLength: 2 }), { maxLength: 50 });
  fc.assert(fc.property(ids, fc.nat({ max: 5000 }), (ids, fileBytes) => {
    const repeated = new RepeatedIds(fileBytes);
    for (const task_id of ids) repeated.note([{ task_id }]);
    for (const id of ids) {
      if (ids.indexOf(id) !== ids.lastIndexOf(id)) assert(repeated.mayRepeat(id), id);
    }
  }));
});

Deno.test("RepeatedIds.mayRepeat() is false of nearly every other id", () => {
  const ids = Array.from({ length: 10_000 }, (_, at) => `task_${at}`);
  const repeated = new RepeatedIds(ids.length * 100);
  repeated.note([...ids, "task_7"].map((task_id) => ({ task_id })));
  assert(ids.filter((id) => repeated.mayRepeat(id)).length < 500);
});

Deno.test("RepeatedIds.note() takes what is no task", () => {
  const repeated = new RepeatedIds(0);
  repeated.note([null, 3, "a", [], {}, { task_id: 3 }, { task_id: 3 }, { task_id: "a" }]);
  assertEquals([repeated.mayRepeat("a"), repeated.mayRepeat("3")], [false, false]);
});
