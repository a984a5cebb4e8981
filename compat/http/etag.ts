/**
 * Entity tags: short names for one version of a content, by which caches ask whether it changed.
 *
 * @module
 */

/** The part of a file's description that its tag is made of. */
export interface FileInfo {
  mtime: Date | null;
  size: number;
}

/** How a tag is made. */
export interface ETagOptions {
  /** @default {"SHA-256"} */
  algorithm?: "SHA-1" | "SHA-256" | "SHA-384" | "SHA-512";
  /** Whether the tag promises equal meaning only, not equal bytes; for files it always does. */
  weak?: boolean;
}

/** Characters of the digest that go into the tag: enough to tell versions apart, short enough for a header. */
const DIGEST_LENGTH = 27;

/** The tag of a text or of bytes. */
export function eTag(entity: string | Uint8Array, options?: ETagOptions): Promise<string>;
/** The tag of a file, made of size and time of change; undefined if the time is unknown. */
export function eTag(entity: FileInfo, options?: ETagOptions): Promise<string | undefined>;
export async function eTag(
  entity: string | Uint8Array | FileInfo,
  options: ETagOptions = {},
): Promise<string | undefined> {
  if (typeof entity === "string" || entity instanceof Uint8Array) {
    const bytes = typeof entity === "string" ? new TextEncoder().encode(entity) : entity;
    const tag = `"${bytes.length.toString(16)}-${await digest(bytes, options)}"`;
    return options.weak ? `W/${tag}` : tag;
  }
  if (entity.mtime === null) return undefined;
  const changed = new TextEncoder().encode(entity.mtime.toJSON());
  return `W/"${entity.size.toString(16)}-${await digest(changed, options)}"`;
}

/** Whether a request with this `If-None-Match` header wants the content, that is: does not have this version yet. */
export function ifNoneMatch(value: string | null, etag: string | undefined): boolean {
  if (!value || !etag) return true;
  if (value.trim() === "*") return false;
  return !value.split(",").some((tag) => strong(tag.trim()) === strong(etag));
}

function strong(tag: string): string {
  return tag.startsWith("W/") ? tag.slice(2) : tag;
}

async function digest(bytes: Uint8Array, { algorithm = "SHA-256" }: ETagOptions): Promise<string> {
  const hash = await crypto.subtle.digest(algorithm, new Uint8Array(bytes));
  return new Uint8Array(hash).toBase64().slice(0, DIGEST_LENGTH);
}
