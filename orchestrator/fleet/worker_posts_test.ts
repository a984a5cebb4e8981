import { assertEquals } from "@std/assert";
import { taskContent } from "../../contract/task.ts";
import { assignmentText } from "./worker_posts.ts";

Deno.test("assignmentText() is the JSON of the assignment, whatever the parameters hold", () => {
  const parameters = { num_particles: 3, note: 'a,"b",{c}]', nested: { list: [1, [2]] } };
  const rest = {
    task_id: 'odd,"id"',
    attempt: 2,
    timeout_ms: 5,
    record: { every: 1, max_frames: 2 },
  };
  const handout = { ...rest, content: taskContent("cython", parameters) };
  assertEquals(JSON.parse(assignmentText(handout)), { ...rest, algorithm: "cython", parameters });
});
