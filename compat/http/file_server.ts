/**
 * Serves a folder of files.
 *
 * @module
 */
import { join, posix, relative, sep } from "node:path";
import { directoryListing } from "./directory_listing.ts";
import { serveFile, type ServeFileOptions, standardResponse } from "./serve_file.ts";
import { STATUS_CODE } from "./status.ts";
export { serveFile, type ServeFileOptions } from "./serve_file.ts";

/** What is served, and how. */
export interface ServeDirOptions extends Pick<ServeFileOptions, "etagAlgorithm"> {
  /** The folder. @default {"."} */
  fsRoot?: string;
  /** The part of the URL path that stands for the folder, without slashes at its ends. */
  urlRoot?: string;
  /** Whether folders without an index are listed. @default {false} */
  showDirListing?: boolean;
  /** Whether listings name files that begin with a dot. @default {false} */
  showDotfiles?: boolean;
  /** Whether a folder is answered with its `index.html`. @default {true} */
  showIndex?: boolean;
  /** Whether pages of other origins may read the files. @default {false} */
  enableCors?: boolean;
  /** Whether no line per request is written to the standard output. @default {false} */
  quiet?: boolean;
  /** Headers for each response, in the form `name: value`. */
  headers?: string[];
}

/**
 * Answers a GET or HEAD request with a file below `fsRoot`; knows ETag, If-Modified-Since and Range.
 *
 * Never rejects: 404 for what is not there, 405 for other methods, 301 to the proper spelling of a
 * path, 400 for paths that cannot be decoded, 500 where the system refuses.
 */
export async function serveDir(req: Request, opts: ServeDirOptions = {}): Promise<Response> {
  const response = await respond(req, opts).catch(errorResponse);
  if (opts.enableCors) {
    response.headers.append("access-control-allow-origin", "*");
    response.headers.append(
      "access-control-allow-headers",
      "Origin, X-Requested-With, Content-Type, Accept, Range",
    );
  }
  for (const header of opts.headers ?? []) {
    const [name = "", ...value] = header.split(":");
    response.headers.append(name, value.join(":").trim());
  }
  if (!opts.quiet) logRequest(req, response.status);
  return response;
}

async function respond(req: Request, opts: ServeDirOptions): Promise<Response> {
  if (req.method !== "GET" && req.method !== "HEAD") {
    return standardResponse(STATUS_CODE.MethodNotAllowed);
  }
  const url = new URL(req.url);
  const decoded = decodeURIComponent(url.pathname);
  const path = posix.normalize(decoded);
  if (path.includes("\0")) return standardResponse(STATUS_CODE.BadRequest);
  if (path !== decoded) return redirect(url, path);
  const inside = pathBelow(opts.urlRoot, path);
  if (inside === undefined) return standardResponse(STATUS_CODE.NotFound);
  const root = opts.fsRoot ?? ".";
  const file = join(root, inside);
  if (!isInside(root, file)) return standardResponse(STATUS_CODE.NotFound);
  const info = await Deno.stat(file.endsWith(sep) ? file.slice(0, -1) || sep : file);
  if (info.isDirectory !== path.endsWith("/")) {
    return redirect(url, info.isDirectory ? `${path}/` : path.slice(0, -1));
  }
  return info.isDirectory
    ? await serveFolder(req, { ...opts, folder: file, path })
    : await serveFile(req, file, { ...fileOptions(opts), fileInfo: info });
}

interface Folder extends ServeDirOptions {
  /** Where it is on disk. */
  folder: string;
  /** Where it is in the URL. */
  path: string;
}

async function serveFolder(req: Request, folder: Folder): Promise<Response> {
  if (folder.showIndex ?? true) {
    const index = join(folder.folder, "index.html");
    const info = await Deno.stat(index).catch(nothingIfNotFound);
    if (info?.isFile) return serveFile(req, index, { ...fileOptions(folder), fileInfo: info });
  }
  if (!folder.showDirListing) return standardResponse(STATUS_CODE.NotFound);
  const page = await directoryListing(folder.folder, {
    title: folder.path,
    showDotfiles: folder.showDotfiles ?? false,
  });
  const body = new TextEncoder().encode(page);
  const headers = {
    "content-type": "text/html; charset=UTF-8",
    "content-length": `${body.length}`,
  };
  return new Response(req.method === "HEAD" ? null : body, { headers });
}

/** The path without the part that stands for the folder; undefined if it does not begin with that part. */
function pathBelow(urlRoot: string | undefined, path: string): string | undefined {
  const prefix = urlRoot ? `/${urlRoot}` : "";
  if (!path.startsWith(prefix)) return undefined;
  const rest = path.slice(prefix.length);
  return rest === "" || rest.startsWith("/") ? rest : undefined;
}

/** The path has no `..` left, but a file system may know further separators. */
function isInside(root: string, file: string): boolean {
  const way = relative(root, file);
  return way !== ".." && !way.startsWith(`..${sep}`);
}

function redirect(url: URL, path: string): Response {
  // Two leading slashes would make the browser take the first folder for a host.
  const encoded = path.replace(/^\/+/, "/").split("/").map(encodeURIComponent).join("/");
  return standardResponse(STATUS_CODE.MovedPermanently, { location: `${encoded}${url.search}` });
}

function fileOptions({ etagAlgorithm }: ServeDirOptions): ServeFileOptions {
  return etagAlgorithm ? { etagAlgorithm } : {};
}

function nothingIfNotFound(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

function errorResponse(error: unknown): Response {
  if (error instanceof URIError) return standardResponse(STATUS_CODE.BadRequest);
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
    return standardResponse(STATUS_CODE.NotFound);
  }
  return standardResponse(STATUS_CODE.InternalServerError);
}

function logRequest(req: Request, status: number): void {
  const time = new Date().toISOString().slice(0, 19).replace("T", " ");
  const path = new URL(req.url).pathname;
  Deno.stdout.writeSync(new TextEncoder().encode(`[${time}] [${req.method}] ${path} ${status}\n`));
}
