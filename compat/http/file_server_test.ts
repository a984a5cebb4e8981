/**
 * Tests of the file server, without a server: requests go in, responses come out.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { serveDir, type ServeDirOptions, serveFile } from "./mod.ts";

const TEXT = "0123456789";

/** A folder with `index.html`, `a.txt`, `.hidden`, `sub/x.json` and, outside of it, `secret`. */
class Site implements Disposable {
  #parent = Deno.makeTempDirSync();
  readonly root = join(this.#parent, "site");

  constructor() {
    Deno.mkdirSync(join(this.root, "sub"), { recursive: true });
    Deno.writeTextFileSync(join(this.#parent, "secret"), "secret");
    Deno.writeTextFileSync(join(this.root, "index.html"), "<p>index</p>");
    Deno.writeTextFileSync(join(this.root, "a.txt"), TEXT);
    Deno.writeTextFileSync(join(this.root, ".hidden"), "hidden");
    Deno.writeTextFileSync(join(this.root, "empty.txt"), "");
    Deno.writeTextFileSync(join(this.root, "sub", "x.json"), "{}");
    Deno.writeTextFileSync(join(this.root, "sub", "50% <&>.txt"), "odd");
  }

  get(path: string, init: RequestInit = {}, options: ServeDirOptions = {}): Promise<Response> {
    const request = new Request(`http://localhost${path}`, init);
    return serveDir(request, { fsRoot: this.root, quiet: true, ...options });
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#parent, { recursive: true });
  }
}

/** The status of the response after its body has been given up. */
async function statusOf(response: Response | Promise<Response>): Promise<number> {
  const { status, body } = await response;
  await body?.cancel();
  return status;
}

Deno.test("serveDir() serves files with type, length, tag and time", async () => {
  using site = new Site();
  const response = await site.get("/a.txt?x=1");
  assertEquals(response.status, 200);
  assertEquals(response.statusText, "OK");
  assertEquals(response.headers.get("content-type"), "text/plain; charset=UTF-8");
  assertEquals(response.headers.get("content-length"), "10");
  assertEquals(response.headers.get("accept-ranges"), "bytes");
  assertMatch(response.headers.get("etag") ?? "", /^W\/"a-.{27}"$/);
  assert(!Number.isNaN(Date.parse(response.headers.get("last-modified") ?? "")));
  assertEquals(await response.text(), TEXT);
  assertEquals(await (await site.get("/empty.txt")).text(), "");
});

Deno.test("serveDir() answers HEAD without a body", async () => {
  using site = new Site();
  const response = await site.get("/a.txt", { method: "HEAD" });
  assertEquals([response.status, response.headers.get("content-length")], [200, "10"]);
  assertEquals(response.body, null);
});

Deno.test("serveDir() answers 405 to other methods and 404 to what is not there", async () => {
  using site = new Site();
  assertEquals(await statusOf(site.get("/a.txt", { method: "POST", body: "x" })), 405);
  const missing = await site.get("/none");
  assertEquals([missing.status, missing.statusText, await missing.text()], [
    404,
    "Not Found",
    "Not Found",
  ]);
  assertEquals(await statusOf(site.get("/a.txt/none")), 404);
});

Deno.test("serveDir() stays inside its folder", async () => {
  using site = new Site();
  const attacks = [
    "/../secret",
    "/%2e%2e/secret",
    "/..%2fsecret",
    "/sub/..%2f..%2fsecret",
    "/%2F..%2F..%2Fsecret",
    "/..%5csecret",
    "/a.txt%00",
    "/%",
  ];
  for (const path of attacks) {
    const response = await site.get(path);
    const text = await response.text();
    assert([301, 400, 404].includes(response.status), `${path}: ${response.status}`);
    assert(text !== "secret", path);
    const location = response.headers.get("location");
    if (location) assertEquals(await statusOf(site.get(location)), 404, path);
  }
  assertEquals(await statusOf(site.get("/%")), 400);
  assertEquals(await statusOf(site.get("/a.txt%00")), 400);
});

Deno.test("serveDir() sends to the proper spelling of a path", async () => {
  using site = new Site();
  const location = async (path: string) => {
    const response = await site.get(path);
    assertEquals(await statusOf(response), 301);
    return response.headers.get("location");
  };
  assertEquals(await location("/sub?x=1"), "/sub/?x=1");
  assertEquals(await location("/a.txt/"), "/a.txt");
  assertEquals(await location("/sub//x.json"), "/sub/x.json");
  assertEquals(await location("//localhost//sub"), "/localhost/sub");
});

Deno.test("serveDir() answers a folder with its index, a list, or 404", async () => {
  using site = new Site();
  assertEquals(await (await site.get("/")).text(), "<p>index</p>");
  assertEquals(await statusOf(site.get("/", {}, { showIndex: false })), 404);
  assertEquals(await statusOf(site.get("/sub/")), 404);
  const list = await (await site.get("/sub/", {}, { showDirListing: true })).text();
  assertStringIncludes(list, `<a href="./50%25%20%3C%26%3E.txt">50% &#60;&#38;&#62;.txt</a>`);
  assertStringIncludes(list, `<a href="./../">../</a>`);
  const root = { showDirListing: true, showIndex: false };
  assert(!(await (await site.get("/", {}, root)).text()).includes("hidden"));
  const all = await (await site.get("/", {}, { ...root, showDotfiles: true })).text();
  assertStringIncludes(all, ".hidden");
  assertEquals(await (await site.get("/sub/50%25%20%3C%26%3E.txt")).text(), "odd");
});

Deno.test("serveDir() serves below a part of the address only", async () => {
  using site = new Site();
  const options = { urlRoot: "static" };
  assertEquals(await (await site.get("/static/a.txt", {}, options)).text(), TEXT);
  assertEquals(await (await site.get("/static/", {}, options)).text(), "<p>index</p>");
  assertEquals(await statusOf(site.get("/static", {}, options)), 301);
  assertEquals(await statusOf(site.get("/a.txt", {}, options)), 404);
  assertEquals(await statusOf(site.get("/statica.txt", {}, options)), 404);
});

Deno.test("serveDir() adds headers to every response", async () => {
  using site = new Site();
  const options = { enableCors: true, headers: ["x-test: a:b", "cache-control: no-store"] };
  for (const path of ["/a.txt", "/none"]) {
    const response = await site.get(path, {}, options);
    await response.body?.cancel();
    assertEquals(response.headers.get("access-control-allow-origin"), "*");
    assertEquals(response.headers.get("x-test"), "a:b");
    assertEquals(response.headers.get("cache-control"), "no-store");
  }
});

Deno.test("serveFile() answers 304 if the client has this version", async () => {
  using site = new Site();
  const path = join(site.root, "a.txt");
  const ask = (headers: HeadersInit = {}) =>
    serveFile(new Request("http://localhost/", { headers }), path);
  const first = await ask();
  await first.body?.cancel();
  const etag = first.headers.get("etag") ?? "";
  const modified = first.headers.get("last-modified") ?? "";
  const again = await ask({ "if-none-match": etag });
  assertEquals([again.status, again.body, again.headers.get("etag")], [304, null, etag]);
  assertEquals(await statusOf(ask({ "if-modified-since": modified })), 304);
  assertEquals(await statusOf(ask({ "if-modified-since": new Date(0).toUTCString() })), 200);
  assertEquals(
    await statusOf(ask({ "if-none-match": `"other"`, "if-modified-since": modified })),
    200,
  );
});

Deno.test("serveFile() answers 206 with the range that was asked for", async () => {
  using site = new Site();
  const cases: Array<[range: string, text: string, contentRange: string]> = [
    ["bytes=0-0", "0", "bytes 0-0/10"],
    ["bytes=2-4", "234", "bytes 2-4/10"],
    ["bytes=7-", "789", "bytes 7-9/10"],
    ["bytes=-2", "89", "bytes 8-9/10"],
    ["bytes=-20", TEXT, "bytes 0-9/10"],
    ["bytes=5-500", "56789", "bytes 5-9/10"],
  ];
  for (const [range, text, contentRange] of cases) {
    const response = await site.get("/a.txt", { headers: { range } });
    assertEquals([response.status, response.headers.get("content-range")], [206, contentRange]);
    assertEquals(response.headers.get("content-length"), String(text.length));
    assertEquals(await response.text(), text);
  }
});

Deno.test("serveFile() answers 416 to impossible ranges and ignores nonsense", async () => {
  using site = new Site();
  for (const range of ["bytes=4-2", "bytes=10-", "bytes=-0"]) {
    const response = await site.get("/a.txt", { headers: { range } });
    assertEquals([await statusOf(response), response.headers.get("content-range")], [
      416,
      "bytes */10",
    ]);
  }
  for (const range of ["bytes=a-b", "lines=1-2", "bytes=-", "bytes=1-2,4-5"]) {
    assertEquals(await statusOf(site.get("/a.txt", { headers: { range } })), 200);
  }
});

Deno.test("serveFile() answers 404 for a folder and for nothing, 405 to other methods", async () => {
  using site = new Site();
  const request = new Request("http://localhost/");
  assertEquals(await statusOf(serveFile(request, site.root)), 404);
  assertEquals(await statusOf(serveFile(request, join(site.root, "none"))), 404);
  const post = new Request("http://localhost/", { method: "DELETE" });
  assertEquals(await statusOf(serveFile(post, join(site.root, "a.txt"))), 405);
});

Deno.test("serveFile() uses what is known of the file and another digest", async () => {
  using site = new Site();
  const path = join(site.root, "a.txt");
  const request = new Request("http://localhost/");
  const fileInfo = { ...await Deno.stat(path), mtime: null };
  const response = await serveFile(request, path, { fileInfo });
  assertEquals([await statusOf(response), response.headers.get("etag")], [200, null]);
  const tags = await Promise.all((["SHA-256", "SHA-1"] as const).map(async (etagAlgorithm) => {
    const tagged = await serveFile(request, path, { etagAlgorithm });
    await tagged.body?.cancel();
    return tagged.headers.get("etag");
  }));
  assert(tags[0] !== tags[1]);
});

Deno.test("serveDir() works behind a real server", async () => {
  using site = new Site();
  const ready = Promise.withResolvers<number>();
  await using _server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => ready.resolve(port),
  }, (request) => serveDir(request, { fsRoot: site.root, quiet: true }));
  const origin = `http://127.0.0.1:${await ready.promise}`;
  assertEquals(await (await fetch(`${origin}/sub`)).text(), "Not Found");
  const part = await fetch(`${origin}/a.txt`, { headers: { range: "bytes=1-3" } });
  assertEquals([part.status, await part.text()], [206, "123"]);
});
