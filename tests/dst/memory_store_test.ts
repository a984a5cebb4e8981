import { removalConformance } from "../../orchestrator/store/conformance_removal.ts";
import { MemoryStore } from "./memory_store.ts";

removalConformance((words, body) => {
  Deno.test(`MemoryStore ${words}`, () => body(new MemoryStore()));
});
