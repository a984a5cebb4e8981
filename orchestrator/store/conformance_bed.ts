/**
 * What the conformance suite needs of a store's tests. For tests only.
 *
 * @module
 */
import type { Store } from "./store.ts";

/** An empty store under test, and a way to close it and open the same one again. */
export interface StoreUnderTest {
  store: Store;
  /** Closes the store and opens it again; `store` is the new one then. */
  reopen(): Promise<Store>;
  /** Closes the store and takes everything of it away. */
  dispose(): Promise<void>;
}

export type OpenForTest = () => Promise<StoreUnderTest>;

/** Registers one test on a fresh store. */
export type RegisterTest = (
  words: string,
  body: (given: StoreUnderTest) => Promise<void>,
) => void;
