/**
 * The API on a farm with scripted workers, asked without a port. For tests only.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { Listeners } from "../listeners/listeners.ts";
import { ScriptedFarm, type ScriptedOptions } from "../listeners/testing.ts";
import { createApi } from "./app.ts";

/** Parsed JSON of which a test knows the shape better than the compiler. */
// deno-lint-ignore no-explicit-any
export type Json = any;

export class ApiUnderTest {
  readonly farm: ScriptedFarm;
  readonly listeners: Listeners;
  readonly #app: ReturnType<typeof createApi>;

  constructor(farm: ScriptedFarm, listeners: Listeners) {
    this.farm = farm;
    this.listeners = listeners;
    this.#app = createApi(farm, listeners);
  }

  /** What `Deno.serve` calls. */
  get fetch(): (request: Request) => Response | Promise<Response> {
    return this.#app.fetch;
  }

  async request(path: string, init: RequestInit = {}): Promise<Response> {
    return await this.#app.request(path, init);
  }

  /** The JSON of a 200. */
  async get(path: string): Promise<Json> {
    const response = await this.request(path);
    const body = await response.json();
    assertEquals(response.status, 200, JSON.stringify(body));
    return body;
  }

  async post(path: string, body: unknown): Promise<Json> {
    const response = await this.request(path, { method: "POST", body: JSON.stringify(body) });
    return { status: response.status, ...await response.json() };
  }

  /** The problem of an answer, after a look at its form. */
  async problem(path: string, init: RequestInit = {}): Promise<Json> {
    const response = await this.request(path, init);
    assertEquals(response.headers.get("content-type"), "application/problem+json");
    const problem = await response.json();
    assertEquals(problem.status, response.status);
    assertEquals(typeof problem.title, "string");
    return problem;
  }
}

/** A test of the API; the farm is taken down whatever happens. */
export function apiTest(
  name: string,
  options: ScriptedOptions,
  body: (api: ApiUnderTest) => Promise<void>,
): void {
  Deno.test(name, async () => {
    const { farm, prepared } = await ScriptedFarm.start(options, (farm) => new Listeners(farm));
    try {
      await body(new ApiUnderTest(farm, prepared));
    } finally {
      await prepared.stop();
      await farm.stop();
    }
  });
}
