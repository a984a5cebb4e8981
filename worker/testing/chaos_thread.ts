/**
 * A thread that runs the misbehaving algorithms.
 *
 * @module
 */
import { exposeThread } from "../expose_thread.ts";
import { CHAOS } from "./chaos.ts";

exposeThread({ find: CHAOS.find, warmUp: () => {} });
