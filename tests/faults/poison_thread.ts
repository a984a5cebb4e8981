/**
 * A thread that runs poisonous tasks.
 *
 * @module
 */
import { exposeThread } from "../../worker/expose_thread.ts";
import { findPoisoned } from "./poison.ts";

exposeThread({ find: findPoisoned, warmUp: () => {} });
