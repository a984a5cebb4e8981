/**
 * What callers write behind the question mark, and in filters: checked by name, and refused with the
 * parameter, its value and what it takes.
 *
 * @module
 */
import {
  NAMED_PRIORITIES,
  PRIORITY_MAX,
  PRIORITY_MIN,
  TASK_STATUSES,
  type TaskStatus,
} from "../../contract/task.ts";
import { shownValue } from "../../contract/shown_value.ts";
import { nearest, parseNumber } from "../../platform/arguments.ts";
import { ALGORITHM_NAMES, findAlgorithm } from "../../simulation/registry.ts";
import type { TaskQuery } from "../store/store.ts";
import { ProblemError } from "./problem.ts";

/** Largest page of a listing. */
export const PAGE_MAX = 1000;
const TEXT_LENGTH_MAX = 500;

/** Names of the filters of a listing of tasks. */
export const FILTERS = [
  "status",
  "priority",
  "algorithm",
  "worker",
  "batch",
  "error",
  "text",
] as const;
export const PAGING = ["limit", "cursor"] as const;

/** Which page of a listing is wanted; without a limit, all of it. */
export interface Paging {
  readonly limit: number | null;
  readonly cursor: string | null;
}

/** What a listing of tasks shall hold. */
export interface ListingWanted {
  readonly query: TaskQuery;
  readonly paging: Paging;
}

/** A page as callers write it. */
export type PageWritten = { readonly [Name in typeof PAGING[number]]?: string };

/** Filters and page as callers write them; several statuses are separated by commas. */
export type ListingWritten =
  & PageWritten
  & {
    readonly [Name in typeof FILTERS[number]]?: string;
  };

export function invalidParameter(parameter: string, value: unknown, takes: string): ProblemError {
  return new ProblemError({
    status: 400,
    code: "invalid_parameter",
    detail: `${parameter} is ${shownValue(value)} but takes ${takes}`,
    members: { parameter, value, takes },
  });
}

/** Refuses parameters that the call does not know: a typing error must not list everything. */
export function refuseUnknown(names: Iterable<string>, known: readonly string[]): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    throw new ProblemError({
      status: 400,
      code: "unknown_parameter",
      detail: `Unknown parameter ${shownValue(name)}: ` +
        (near === undefined ? `this call takes ${known.join(", ")}` : `did you mean ${near}?`),
      members: { parameter: name, takes: known },
    });
  }
}

/** The filters and the page of `GET /tasks`. */
export function readListing(search: URLSearchParams): ListingWanted {
  refuseUnknown(search.keys(), [...FILTERS, ...PAGING]);
  const written: Record<string, unknown> = {};
  for (const name of FILTERS) {
    const values = search.getAll(name);
    if (values.length > 0) written[name] = name === "status" ? values.join(",") : values.at(-1);
  }
  return { query: readFilter(written), paging: readPaging(search) };
}

/** The page alone, for listings without filters. */
export function readPageOnly(search: URLSearchParams): Paging {
  refuseUnknown(search.keys(), PAGING);
  return readPaging(search);
}

/** The page that is wanted, of a listing with filters of its own. */
export function readPaging(search: URLSearchParams): Paging {
  const written = search.get("limit");
  const cursor = search.get("cursor");
  if (written === null) {
    if (cursor !== null) throw invalidParameter("limit", null, `a number beside the cursor`);
    return { limit: null, cursor: null };
  }
  const limit = parseNumber(written, { kind: "integer", min: 1, max: PAGE_MAX });
  if (limit === undefined) {
    throw invalidParameter("limit", written, `an integer from 1 to ${PAGE_MAX}`);
  }
  return { limit, cursor };
}

/** A filter, from a query or from a JSON body; empty values count as absent. */
export function readFilter(written: Readonly<Record<string, unknown>>): TaskQuery {
  refuseUnknown(Object.keys(written), FILTERS);
  const query: { -readonly [K in keyof TaskQuery]: TaskQuery[K] } = {};
  const present = (name: typeof FILTERS[number]) => {
    const value = written[name];
    return value === undefined || value === null || value === "" ? undefined : value;
  };
  const status = present("status");
  if (status !== undefined) query.status = readStatus(status);
  const priority = present("priority");
  if (priority !== undefined) query.priority = readPriority(priority);
  const algorithm = present("algorithm");
  if (algorithm !== undefined) query.algorithm = readAlgorithm(algorithm);
  const error = present("error");
  if (error !== undefined) query.error = readErrorGroup(error);
  for (const name of ["worker", "batch", "text"] as const) {
    const value = present(name);
    if (value === undefined) continue;
    if (typeof value !== "string" || value.length > TEXT_LENGTH_MAX) {
      throw invalidParameter(name, value, `a text of at most ${TEXT_LENGTH_MAX} characters`);
    }
    query[name] = value;
  }
  return query;
}

function readStatus(value: unknown): TaskStatus[] {
  const takes = `${TASK_STATUSES.join(" | ")}, several separated by commas`;
  const words = Array.isArray(value) ? value : String(value).split(",");
  const statuses = words.map((word) => {
    const status = TASK_STATUSES.find((known) => known === String(word).trim());
    if (status === undefined) throw invalidParameter("status", value, takes);
    return status;
  });
  return [...new Set(statuses)];
}

function readPriority(value: unknown): number {
  const named = Object.entries(NAMED_PRIORITIES).find(([name]) => name === value);
  if (named !== undefined) return named[1];
  const limits = { kind: "integer", min: PRIORITY_MIN, max: PRIORITY_MAX };
  const rank = parseNumber(String(value), limits);
  if (rank !== undefined) return rank;
  const names = Object.keys(NAMED_PRIORITIES).join(" | ");
  const takes = `${names}, or an integer from ${PRIORITY_MIN} to ${PRIORITY_MAX}`;
  throw invalidParameter("priority", value, takes);
}

function readErrorGroup(value: unknown): number {
  const limits = { kind: "integer", min: 1, max: Number.MAX_SAFE_INTEGER } as const;
  const id = parseNumber(String(value), limits);
  if (id === undefined) throw invalidParameter("error", value, "the id of a group of GET /errors");
  return id;
}

function readAlgorithm(value: unknown): string {
  const algorithm = findAlgorithm(String(value));
  if (algorithm === undefined) {
    throw invalidParameter("algorithm", value, ALGORITHM_NAMES.join(" | "));
  }
  return algorithm.name;
}
