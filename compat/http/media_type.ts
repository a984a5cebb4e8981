/**
 * The content type of a file, by the ending of its name.
 *
 * @module
 */
import { extname } from "node:path";

const TEXT = "; charset=UTF-8";

const TYPES: Readonly<Record<string, string>> = {
  ".css": `text/css${TEXT}`,
  ".csv": `text/csv${TEXT}`,
  ".gif": "image/gif",
  ".gz": "application/gzip",
  ".htm": `text/html${TEXT}`,
  ".html": `text/html${TEXT}`,
  ".ico": "image/vnd.microsoft.icon",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".js": `text/javascript${TEXT}`,
  ".json": `application/json${TEXT}`,
  ".log": `text/plain${TEXT}`,
  ".map": `application/json${TEXT}`,
  ".md": `text/markdown${TEXT}`,
  ".mjs": `text/javascript${TEXT}`,
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": `text/plain${TEXT}`,
  ".wasm": "application/wasm",
  ".webmanifest": `application/manifest+json${TEXT}`,
  ".webp": "image/webp",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
  ".xml": `text/xml${TEXT}`,
  ".zip": "application/zip",
};

/** The value for `Content-Type`; undefined for endings that are not known. */
export function mediaType(path: string): string | undefined {
  return TYPES[extname(path).toLowerCase()];
}
