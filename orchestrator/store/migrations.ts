/**
 * The schema of the store, as numbered steps. A step never changes once it was released: a store
 * made by it is out there. The number of steps done stands in `PRAGMA user_version`.
 *
 * @module
 */

/** Marks a database file as ours ("Enjb"), so that a stranger's file is never written to. */
export const APPLICATION_ID = 0x456e6a62;

/**
 * Tasks. `lane` says queue and state in one number (see lanes.ts); `changed` is the number of the
 * row's latest change, unique in the store. So the one index `tasks_lane` gives the fresh tasks of
 * a queue in order, what a restart must load, and every listing by state, newest change first.
 * Tasks of one batch have neighbouring `seq`, so no index by batch is needed.
 */
const TASKS = `
CREATE TABLE queues (
  id INTEGER PRIMARY KEY,
  priority INTEGER NOT NULL,
  algorithm TEXT NOT NULL,
  UNIQUE (priority, algorithm)
) STRICT;
CREATE TABLE lanes (
  lane INTEGER PRIMARY KEY,
  count INTEGER NOT NULL
) STRICT;
CREATE TABLE tasks (
  seq INTEGER PRIMARY KEY,
  task_id TEXT NOT NULL UNIQUE,
  batch INTEGER NOT NULL,
  lane INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  content TEXT NOT NULL,
  algorithm_written TEXT NOT NULL,
  priority_written ANY NOT NULL,
  created_at REAL NOT NULL,
  timeout_ms REAL,
  description TEXT,
  extra TEXT,
  attempt INTEGER NOT NULL DEFAULT 0,
  worker TEXT,
  assigned_at REAL,
  started_at REAL,
  completed_at REAL,
  execution_ms REAL,
  retry_count INTEGER NOT NULL DEFAULT 0,
  redistributions INTEGER NOT NULL DEFAULT 0,
  crashes INTEGER NOT NULL DEFAULT 0,
  not_before REAL,
  error TEXT,
  tried TEXT,
  result INTEGER
) STRICT;
CREATE INDEX tasks_lane ON tasks (lane, changed);
CREATE INDEX tasks_redistributed ON tasks (redistributions) WHERE redistributions > 0;
CREATE TABLE attempts (
  id INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  worker TEXT NOT NULL,
  assigned_at REAL NOT NULL,
  started_at REAL,
  ended_at REAL NOT NULL,
  outcome TEXT NOT NULL,
  error TEXT
) STRICT;
CREATE INDEX attempts_seq ON attempts (seq);
`;

/**
 * Batches: `first_seq`…`last_seq` are its new tasks (none when last < first); `batch_known` lists
 * the tasks it found known, each before the new task `anchor` in the order of the file.
 */
const BATCHES = `
CREATE TABLE batches (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  file TEXT NOT NULL,
  archived_as TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('receiving', 'accepted', 'rejected')),
  received_at REAL NOT NULL,
  metadata TEXT,
  accepted INTEGER NOT NULL DEFAULT 0,
  known INTEGER NOT NULL DEFAULT 0,
  requeued INTEGER NOT NULL DEFAULT 0,
  errors TEXT NOT NULL DEFAULT '[]',
  errors_total INTEGER NOT NULL DEFAULT 0,
  first_seq INTEGER NOT NULL DEFAULT 0,
  last_seq INTEGER NOT NULL DEFAULT -1,
  pending INTEGER NOT NULL DEFAULT 0,
  assigned INTEGER NOT NULL DEFAULT 0,
  running INTEGER NOT NULL DEFAULT 0,
  redistributed INTEGER NOT NULL DEFAULT 0,
  completed INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  cancelled INTEGER NOT NULL DEFAULT 0,
  finished_at REAL
) STRICT;
CREATE INDEX batches_file ON batches (file);
CREATE INDEX batches_archived ON batches (archived_as);
CREATE TABLE batch_known (
  batch INTEGER NOT NULL,
  anchor INTEGER NOT NULL,
  place INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (batch, place),
  UNIQUE (batch, seq)
) STRICT, WITHOUT ROWID;
`;

/** Results: an append-only log. What it says of execution times is kept summed up to `upto`. */
const RESULTS = `
CREATE TABLE results (
  number INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  worker TEXT NOT NULL,
  assigned_at REAL,
  started_at REAL,
  completed_at REAL NOT NULL,
  execution_ms REAL NOT NULL,
  result TEXT NOT NULL
) STRICT;
CREATE TABLE result_files (
  name TEXT PRIMARY KEY,
  first INTEGER NOT NULL UNIQUE,
  last INTEGER NOT NULL UNIQUE,
  written INTEGER NOT NULL DEFAULT 0,
  planned_at REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX result_files_unwritten ON result_files (first) WHERE written = 0;
CREATE TABLE execution_times (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  upto INTEGER NOT NULL,
  histogram TEXT NOT NULL
) STRICT;
`;

/** One row of totals, and the workers. `generation` grows by one with every durable commit. */
const FARM = `
CREATE TABLE farm (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  name TEXT NOT NULL,
  generation INTEGER NOT NULL,
  clock INTEGER NOT NULL,
  next_seq INTEGER NOT NULL,
  results INTEGER NOT NULL,
  redistributed INTEGER NOT NULL,
  files_accepted INTEGER NOT NULL,
  files_rejected INTEGER NOT NULL
) STRICT;
CREATE TABLE workers (
  id TEXT PRIMARY KEY,
  epoch TEXT NOT NULL,
  address TEXT NOT NULL,
  at REAL NOT NULL
) STRICT;
CREATE TABLE worker_totals (
  worker TEXT PRIMARY KEY,
  completed INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  execution_ms REAL NOT NULL
) STRICT;
`;

/** Failures by what they say; a failed task names its group. And the past, in steps (ms). */
const OBSERVATIONS = `
CREATE TABLE error_groups (
  id INTEGER PRIMARY KEY,
  fingerprint TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  example TEXT NOT NULL,
  count INTEGER NOT NULL,
  total INTEGER NOT NULL,
  first_seen REAL NOT NULL,
  last_seen REAL NOT NULL
) STRICT;
ALTER TABLE tasks ADD COLUMN error_group INTEGER;
CREATE INDEX tasks_error ON tasks (error_group, changed) WHERE error_group IS NOT NULL;
CREATE TABLE series (
  step INTEGER NOT NULL,
  at REAL NOT NULL,
  samples INTEGER NOT NULL,
  completed REAL NOT NULL,
  failed REAL NOT NULL,
  waiting REAL NOT NULL,
  running REAL NOT NULL,
  workers REAL NOT NULL,
  slots REAL NOT NULL,
  p50 REAL,
  p95 REAL,
  p99 REAL,
  PRIMARY KEY (step, at)
) STRICT, WITHOUT ROWID;
`;

/** What has left the store is counted. And the story of the farm; `more` counts what was left out. */
const HISTORY = `
ALTER TABLE farm ADD COLUMN removed_tasks INTEGER NOT NULL DEFAULT 0;
ALTER TABLE farm ADD COLUMN removed_results INTEGER NOT NULL DEFAULT 0;
ALTER TABLE farm ADD COLUMN removed_redistributed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE farm ADD COLUMN removed_accepted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE farm ADD COLUMN removed_rejected INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;
CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  at REAL NOT NULL,
  kind TEXT NOT NULL,
  worker TEXT,
  task_id TEXT,
  batch TEXT,
  more INTEGER NOT NULL DEFAULT 0,
  details TEXT NOT NULL
) STRICT;
`;

/** Tasks handed out whose rows are behind; see handouts.ts. */
const HANDOUTS = `
CREATE TABLE handouts (
  id INTEGER PRIMARY KEY,
  lane INTEGER NOT NULL,
  worker TEXT NOT NULL,
  assigned_at REAL NOT NULL,
  tasks TEXT NOT NULL
) STRICT;
`;

export const MIGRATIONS: readonly string[] = [
  TASKS + BATCHES + RESULTS + FARM,
  OBSERVATIONS,
  HISTORY,
  HANDOUTS,
];
