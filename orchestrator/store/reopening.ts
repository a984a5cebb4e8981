/**
 * A store that is opened anew after its disk failed. Whoever called when it failed gets the error
 * (nothing may be believed of that call); the next call goes to a fresh store, which believes only
 * what is on disk.
 *
 * @module
 */
import { type Store, StoreError } from "./store.ts";

/** Wraps `first`; `open` gives its successors. Calls are refused while `open` fails. */
export function reopening(first: Store, open: () => Promise<Store>): Store {
  let current: Promise<Store> | null = Promise.resolve(first);

  const reopen = async (broken: Store): Promise<Store> => {
    // Its lock must be let go before the successor can take it.
    await broken.close().catch(() => {});
    return await open();
  };

  const call = async (name: string, args: unknown[]): Promise<unknown> => {
    current ??= open();
    const opened = current;
    let store: Store;
    try {
      store = await opened;
    } catch (error) {
      if (current === opened) current = null;
      throw error;
    }
    try {
      const method = store[name as keyof Store] as (...args: unknown[]) => Promise<unknown>;
      return await method.apply(store, args);
    } catch (error) {
      if (error instanceof StoreError && error.down && current === opened) {
        current = reopen(store);
        current.catch(() => {});
      }
      throw error;
    }
  };

  return new Proxy(first, {
    get: (target, name) =>
      name === "farm" ? target.farm : (...args: unknown[]) => call(String(name), args),
  });
}
