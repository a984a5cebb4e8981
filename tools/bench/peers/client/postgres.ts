/**
 * The PostgreSQL client that the adapters share.
 *
 * @module
 */
import { load } from "./job.ts";

/** The part of a connection pool that is used here. */
export interface Pool {
  query<Row>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ rows: Row[] }>;
  on(event: "error", listener: () => void): void;
  end(): Promise<void>;
}

interface Postgres {
  readonly default: {
    readonly Pool: new (
      options: { connectionString: string; max: number },
    ) => Pool;
  };
}

export async function openPool(url: string, max: number): Promise<Pool> {
  const { default: { Pool } } = await load<Postgres>("pg");
  const pool = new Pool({ connectionString: url, max });
  // An idle connection that breaks when the server stops is no error of the round.
  pool.on("error", () => {});
  return pool;
}
