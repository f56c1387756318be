import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import type { UnreadColumn } from '#lib/domain/run/run.ts';
import { sqlName, sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { STAGE_TYPE } from '#lib/reload/parse/sql/value-sql.ts';
import { StageUnusableError } from './stage-error.ts';

/** Memory limit of DuckDB for one stage; beyond it, DuckDB spills to the folder of the stage. */
const MEMORY_LIMIT = '288MB';
/**
 * One: with more, the thread that waits for a query looks for work all the time and takes a processor from the others. What can be done
 * at once is done by several connections, each on a thread of its own.
 */
const THREADS = '1';

/** State of reading changes by delta query, for resuming. */
export interface ReplayState {
  /** `incremental`: the stage gets the rows of changed ids alone. */
  readonly mode: 'full' | 'incremental';
  /** What to ask for changes from next; null: they can't be had. */
  readonly deltaToken: string | null;
  /** Delta token of the landed rows that `changedIdCount` counts from; null: they have none that can be used. */
  readonly since: LandedDeltaToken | null;
  /** Rounds of changes that were read to their end. */
  readonly rounds: number;
  /** The last round reported no change. */
  readonly caughtUp: boolean;
  /** Ids that rounds after the reading reported. */
  readonly changedIdCount: number;
}

/** What a target keeps of the rows that it holds. */
export interface LandedDeltaToken {
  readonly deltaToken: string;
  /** Rows that were in the table then. */
  readonly rows: number;
  /** When everything was read and compared for the last time; ISO 8601. */
  readonly fullAt: string;
  /** Columns that could not be read then; missing: none. */
  readonly unread?: readonly string[];
}

/** How far a stage is. Lives in the stage, written in the transaction that takes in the rows that it speaks of. */
export interface Checkpoint {
  /** Where to continue; null at the start, and when `ended`. */
  readonly cursor: string | null;
  /** Whether the chain of pages was read to its end. */
  readonly ended: boolean;
  readonly rowsExpected: number | null;
  readonly requests: number;
  readonly throttledMs: number;
  readonly bytes: number;
  /** Characters that no target takes, replaced by U+FFFD. */
  readonly charactersReplaced: number;
  readonly notes: readonly string[];
  /** Columns that could not be read on some page or other: then they count as unread for the whole. */
  readonly unread: readonly Omit<UnreadColumn, 'since'>[];
  /** Why parents may be missing altogether; null: none is. */
  readonly gap: string | null;
  /** Null: not decided yet how to read. */
  readonly replay: ReplayState | null;
  /** Of a dataset of events: which of them are read; null: not decided yet. Missing in a stage of an earlier version. */
  readonly window?: EventWindow | null;
}

/** Which events a run reads. */
export interface EventWindow {
  /** Time of the first requested event, ISO 8601; null: all that Graph has. */
  readonly from: string | null;
  /** When it was decided, which is before the first request; ISO 8601. */
  readonly readAt: string;
  /** What the target had read until then; null: nothing that can be gone on with. */
  readonly since: string | null;
  /** Events of this span may have been forgotten by Graph before any run read them; null: none. */
  readonly lost: { readonly from: string; readonly to: string } | null;
}

export const EMPTY_CHECKPOINT: Checkpoint = {
  cursor: null,
  ended: false,
  rowsExpected: null,
  requests: 0,
  throttledMs: 0,
  bytes: 0,
  charactersReplaced: 0,
  notes: [],
  unread: [],
  gap: null,
  replay: null,
};

export interface StageOptions {
  /** Folder of this stage alone; made when missing. */
  readonly dir: string;
  readonly columns: readonly Column[];
  /** Parts are to be files of a lake as they are. */
  readonly forLake?: boolean;
  /** Rows that cannot be stored are set aside in the table `rejected`. Missing: they end the run. */
  readonly setsAside?: boolean;
  /** Says what the rows are; a stage that was made for something else is thrown away. */
  readonly signature: string;
}

/** A file of staged rows. */
export interface Part {
  /** Name in the stage's folder. */
  readonly name: string;
  readonly rows: number;
}

/** An open stage. */
export interface StageFile {
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
  readonly checkpoint: Checkpoint;
  /** In the order read. */
  readonly parts: readonly Part[];
}

/** Part of every signature: a stage of another layout is thrown away, not read wrongly. */
const LAYOUT = 'stage 5';

/** Folders of a stage: pages on their way into a part, and the parts. */
export const PAGES_FOLDER = 'pages';
export const PARTS_FOLDER = 'parts';

/** The stage that a dead run left, or null when there is none, it is damaged, or it holds something else. */
export async function reopenStageFile(options: StageOptions): Promise<StageFile | null> {
  return existsSync(databaseFile(options.dir)) ? openFile(options).catch(throwIfInUse) : null;
}

/** An empty stage; what was in the folder goes. */
export async function makeStageFile(options: StageOptions): Promise<StageFile> {
  rmSync(options.dir, { recursive: true, force: true });
  const made = await openFile(options);
  if (made === null) throw new StageUnusableError('stage-unusable', options.dir);
  return made;
}

function databaseFile(dir: string): string {
  return join(dir, 'stage.duckdb');
}

/** Null when the file holds the rows of something else. */
async function openFile(options: StageOptions): Promise<StageFile | null> {
  mkdirSync(join(options.dir, PAGES_FOLDER), { recursive: true });
  mkdirSync(join(options.dir, PARTS_FOLDER), { recursive: true });
  // Loaded when it is used: the web process bundles this code as well, and has 30 MB less without DuckDB.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(databaseFile(options.dir), {
    memory_limit: MEMORY_LIMIT,
    threads: THREADS,
    preserve_insertion_order: 'false',
    temp_directory: join(options.dir, 'spill'),
  });
  const connection = await instance.connect();
  try {
    // Times are instants: without this the machine's zone would decide how offsetless ones are read and all are written.
    await connection.run("SET TimeZone = 'UTC'");
    const found = await findRows(connection, options);
    if (found !== null) return { instance, connection, ...found };
  } catch (error) {
    connection.closeSync();
    instance.closeSync();
    throw error;
  }
  connection.closeSync();
  instance.closeSync();
  return null;
}

async function findRows(
  connection: DuckDBConnection,
  options: StageOptions,
): Promise<{ checkpoint: Checkpoint; parts: readonly Part[] } | null> {
  const tables = await connection.runAndReadAll("SELECT 1 FROM duckdb_tables() WHERE table_name = 'checkpoint'");
  if (tables.currentRowCount === 0) {
    const columns = options.columns.map((column) => `${sqlName(column.name)} ${STAGE_TYPE[column.type]}`);
    const state = sqlText(JSON.stringify(EMPTY_CHECKPOINT));
    await connection.run(`BEGIN; CREATE TABLE parts (position INTEGER, name VARCHAR, rows BIGINT);
      CREATE TABLE superseded (name VARCHAR, row BIGINT); CREATE TABLE replayed (${columns.join(', ')}); CREATE TABLE changed_ids (id VARCHAR);
      CREATE TABLE unproven (id VARCHAR, reason VARCHAR, failed BOOLEAN);
      CREATE TABLE rejected (keys JSON, "column" VARCHAR, reason VARCHAR, "row" VARCHAR, read_at TIMESTAMPTZ);
      CREATE TABLE checkpoint (signature VARCHAR, state VARCHAR);
      INSERT INTO checkpoint VALUES (${sqlText(`${LAYOUT} ${options.signature}`)}, ${state}); COMMIT`);
    return { checkpoint: EMPTY_CHECKPOINT, parts: [] };
  }
  const [row] = (await connection.runAndReadAll('SELECT signature, state FROM checkpoint')).getRowsJson();
  const [signature, state] = row ?? [];
  if (signature !== `${LAYOUT} ${options.signature}` || typeof state !== 'string') return null;
  const found = (await connection.runAndReadAll('SELECT name, rows FROM parts ORDER BY position')).getRowsJson();
  const parts = found.map(([name, rows]) => ({ name: String(name), rows: Number(rows) }));
  if (!parts.every(({ name }) => existsSync(join(options.dir, PARTS_FOLDER, name)))) return null;
  return { checkpoint: JSON.parse(state) as Checkpoint, parts };
}

/** A damaged stage is no loss (the source has the rows); one that somebody else is writing is not ours to delete. */
function throwIfInUse(error: unknown): null {
  if (error instanceof Error && error.message.includes('Could not set lock')) throw error;
  return null;
}
