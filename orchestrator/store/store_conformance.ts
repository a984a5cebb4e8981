/**
 * The promises of store.ts as tests that every store has to pass.
 *
 * @module
 */
import { intakeConformance } from "./conformance_intake.ts";
import { listingConformance } from "./conformance_listing.ts";
import { observationsConformance } from "./conformance_observations.ts";
import { eventsConformance } from "./conformance_events.ts";
import { forgettingConformance } from "./conformance_forgetting.ts";
import { receiptsConformance } from "./conformance_receipts.ts";
import { removalConformance } from "./conformance_removal.ts";
import { resultsConformance } from "./conformance_results.ts";
import { schedulingConformance } from "./conformance_scheduling.ts";
import type { OpenForTest, StoreUnderTest } from "./conformance_bed.ts";

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
  removalConformance((words, body) => test(words, ({ store }) => body(store)));
  forgettingConformance(test);
  eventsConformance(test);
}
