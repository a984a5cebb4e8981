/**
 * The file helpers the project uses, under the names of `@std/fs`.
 *
 * @module
 */
export * from "./copy.ts";
export * from "./empty_dir.ts";
export * from "./ensure_dir.ts";
export * from "./ensure_file.ts";
export * from "./exists.ts";
export * from "./move.ts";
export * from "./walk.ts";
