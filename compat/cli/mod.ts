/**
 * The stable helpers for command lines, under the names of `@std/cli`.
 *
 * @module
 */
export { type Args, parseArgs, type ParseOptions } from "./parse_args.ts";
export { promptSecret, type PromptSecretOptions } from "./prompt_secret.ts";
