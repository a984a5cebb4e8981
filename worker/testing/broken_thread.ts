/**
 * A thread whose program cannot even be loaded.
 *
 * @module
 */
throw new Error("broken on load");
