import { openSqliteStore } from "./sqlite.ts";
import { storeConformance } from "./store_conformance.ts";

storeConformance("openSqliteStore()", async () => {
  const folder = await Deno.makeTempDir({ prefix: "store_" });
  const path = `${folder}/farm.db`;
  const given = {
    store: (await openSqliteStore(path)).store,
    reopen: async () => {
      await given.store.close();
      given.store = (await openSqliteStore(path)).store;
      return given.store;
    },
    dispose: async () => {
      await given.store.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
  return given;
});
