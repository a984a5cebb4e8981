/**
 * Entry of every thread: a Web Worker that runs simulations and knows nothing of scheduling.
 *
 * @module
 */
import { grantThreads } from "../simulation/crew.ts";
import { findAlgorithm } from "../simulation/registry.ts";
import { warmUp } from "../simulation/warm_up.ts";
import { exposeThread } from "./expose_thread.ts";

exposeThread({ find: findAlgorithm, warmUp, grantThreads });
