/**
 * `GET /openapi.json`: the whole API as an OpenAPI 3.1 document, made of the table of operations.
 *
 * @module
 */
import { Hono } from "hono";
import { z } from "zod";
import { VERSION } from "../../contract/version.ts";
import { Problem } from "./answers.ts";
import { type Content, type Operation, OPERATIONS } from "./operations.ts";

type Json = Record<string, unknown>;

export function openApiRoutes() {
  let made: Json | null = null;
  return new Hono().get("/openapi.json", (c) => c.json(made ??= openApiDocument(), 200));
}

/** The document; see https://spec.openapis.org/oas/v3.1.1. */
export function openApiDocument(): Json {
  const paths: Record<string, Json> = {};
  for (const [call, operation] of Object.entries(OPERATIONS)) {
    const [method, path] = call.split(" ") as [string, string];
    const written = path.replace(/:(\w+)/g, "{$1}");
    paths[written] = { ...paths[written], [method.toLowerCase()]: operationJson(path, operation) };
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Enjambre orchestrator",
      version: VERSION,
      description: "A task farm: hand in task files, watch them run, take their results.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    security: [{}, { token: [] }],
    components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    paths,
  };
}

function operationJson(path: string, operation: Operation): Json {
  const { summary, query = {}, body, success, problems = [] } = operation;
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const inQuery = Object.entries(query).map(([name, schema]) => {
    const { description, ...shape } = schemaOf(schema, "input");
    return { name, in: "query", ...(description ? { description } : {}), schema: shape };
  });
  const responses: Json = {};
  for (const [status, content] of Object.entries(success)) {
    responses[status] = { description: "Done", content: contentJson(content, "output") };
  }
  for (const status of [...problems, 500, 503]) {
    responses[status] = {
      description: "A problem document with a stable code",
      content: { "application/problem+json": { schema: schemaOf(Problem, "output") } },
    };
  }
  return {
    summary,
    parameters: [...inPath, ...inQuery],
    ...(body === undefined ? {} : { requestBody: { content: contentJson(body, "input") } }),
    responses,
  };
}

function contentJson(content: Content, io: "input" | "output"): Json {
  if ("type" in content) return { [content.type]: {} };
  return { "application/json": { schema: schemaOf(content.json, io) } };
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _dialect, ...shape } = z.toJSONSchema(schema, { io });
  return shape;
}
