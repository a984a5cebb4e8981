/**
 * The HTTP helpers the project uses, under the names of `@std/http`.
 *
 * @module
 */
export * from "./cookie.ts";
export * from "./etag.ts";
export * from "./file_server.ts";
export * from "./negotiation.ts";
export * from "./server_sent_event_parse_stream.ts";
export * from "./server_sent_event_stream.ts";
export * from "./status.ts";
