/**
 * The promises of store.ts as tests that every store has to pass.
 *
 * @module
 */
import { intakeConformance } from "./conformance_intake.ts";
import { listingConformance } from "./conformance_listing.ts";
import { observationsConformance } from "./conformance_observations.ts";
import { receiptsConformance } from "./conformance_receipts.ts";
import { resultsConformance } from "./conformance_results.ts";
import { schedulingConformance } from "./conformance_scheduling.ts";
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

/** Registers the tests, named by the kind of store. */
export function storeConformance(name: string, open: OpenForTest): void {
  const test = (words: string, body: (given: StoreUnderTest) => Promise<void>): void => {
    Deno.test(`${name} ${words}`, async () => {
      const given = await open();
      try {
        await body(given);
      } finally {
        await given.dispose();
      }
    });
  };
  intakeConformance(test);
  receiptsConformance(test);
  schedulingConformance(test);
  listingConformance(test);
  resultsConformance(test);
  observationsConformance(test);
}

export type RegisterTest = (
  words: string,
  body: (given: StoreUnderTest) => Promise<void>,
) => void;
