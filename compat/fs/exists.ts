/**
 * Tells whether a path exists, follows symlinks.
 *
 * A path that exists now may be gone a moment later: to use a file, open it and handle NotFound.
 *
 * @module
 */

/** What the path must be in order to count as existing. */
export interface ExistsOptions {
  /** The current user may read it. @default {false} */
  isReadable?: boolean;
  /** It is a folder. @default {false} */
  isDirectory?: boolean;
  /** It is a file. @default {false} */
  isFile?: boolean;
}

/**
 * Whether the path exists and is what the options ask for.
 *
 * Rejects with a TypeError if the options ask for a folder and a file at once.
 */
export async function exists(path: string | URL, options?: ExistsOptions): Promise<boolean> {
  requirePossible(options);
  try {
    return satisfies(await Deno.stat(path), options);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
    const { state } = await Deno.permissions.query({ name: "read", path });
    return isHiddenByTheSystem(error, state, options);
  }
}

/** As {@linkcode exists}, without a promise. */
export function existsSync(path: string | URL, options?: ExistsOptions): boolean {
  requirePossible(options);
  try {
    return satisfies(Deno.statSync(path), options);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
    const { state } = Deno.permissions.querySync({ name: "read", path });
    return isHiddenByTheSystem(error, state, options);
  }
}

function requirePossible(options: ExistsOptions | undefined): void {
  if (options?.isDirectory && options.isFile) {
    throw new TypeError(
      "ExistsOptions.options.isDirectory and ExistsOptions.options.isFile must not be true together",
    );
  }
}

function satisfies(info: Deno.FileInfo, options: ExistsOptions | undefined): boolean {
  if (options?.isDirectory && !info.isDirectory) return false;
  if (options?.isFile && !info.isFile) return false;
  return options?.isReadable ? isReadable(info) : true;
}

/** Where the system knows no mode (Windows), everything that can be looked at counts as readable. */
function isReadable(info: Deno.FileInfo): boolean {
  if (info.mode === null) return true;
  if (Deno.uid() === 0) return true;
  if (info.uid === Deno.uid()) return (info.mode & 0o400) !== 0;
  if (info.gid === Deno.gid()) return (info.mode & 0o040) !== 0;
  return (info.mode & 0o004) !== 0;
}

/** Deno allowed the look, so it was the operating system that refused: something is there, but unreadable. */
function isHiddenByTheSystem(
  error: Error,
  state: Deno.PermissionState,
  options: ExistsOptions | undefined,
): boolean {
  if (state !== "granted") throw error;
  return !options?.isReadable;
}
