import type { z } from 'zod';
import type { ActorRef } from '#lib/domain/account/actor.ts';
import { DatasetDefinition, DatasetShape, isColumnRead } from '#lib/domain/dataset/dataset.ts';
import type { Problem } from '#lib/domain/problem.ts';
import type { DriftDecision } from '#lib/domain/run/drift.ts';
import {
  type DatasetRunDto,
  NO_COUNTS,
  type RejectedRows,
  type RunDto,
  type RunState,
  runSums,
  type UnprovenParents,
  type UnreadColumn,
} from '#lib/domain/run/run.ts';
import type { Wait } from '#lib/domain/run/wait.ts';
import { newId } from '#lib/platform/id.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { toJson } from '#lib/store/json.ts';
import type { DatasetRunState, UpdateMethod as StoredMethod } from '#prisma/generated/enums.ts';
import { STARTER_COLUMNS, type StarterRow, toStarterRow } from './run-starter.ts';
import { toRunHeader } from './run-summaries.ts';

/** Channel on which database triggers NOTIFY that a run has changed; the payload is its id. */
export const RUN_CHANNEL = 'entrada_runs';

/** A run without its datasets. */
const RUN_HEADER = {
  id: true,
  taskId: true,
  state: true,
  method: true,
  targetId: true,
  namespace: true,
  settings: true,
  ...STARTER_COLUMNS,
  deletesConfirmed: true,
  fullRead: true,
  jobId: true,
  attempt: true,
  problem: true,
  queuedAt: true,
  ...{ waitKind: true, waitName: true, waitSince: true, waitUntil: true },
  startedAt: true,
  endedAt: true,
  task: {
    select: {
      name: true,
      recreatedAt: true,
      target: { select: { kind: true } },
      connection: { select: { id: true, name: true } },
    },
  },
} as const;

/** A dataset of a run without its definition, which is the largest part of it. */
const DATASET_RUN = {
  id: true,
  datasetId: true,
  name: true,
  title: true,
  area: true,
  kind: true,
  state: true,
  counts: true,
  problem: true,
  notes: true,
  incremental: true,
  unread: true,
  unproven: true,
  rejected: true,
  drift: true,
  wait: true,
  startedAt: true,
  endedAt: true,
} as const;

const RUN = { ...RUN_HEADER, datasets: { select: DATASET_RUN, orderBy: { position: 'asc' } } } as const;

/** JSON columns are written only by the store, from the types that they are read as. */
export interface DatasetRunRow {
  readonly id: string;
  readonly datasetId: string;
  readonly name: string;
  readonly title: string;
  readonly area: string;
  readonly kind: string;
  readonly state: DatasetRunState;
  readonly counts: unknown;
  readonly problem: unknown;
  readonly notes: unknown;
  readonly incremental: boolean;
  readonly unread: unknown;
  readonly unproven: unknown;
  readonly rejected: unknown;
  readonly drift: unknown;
  readonly wait: unknown;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

export interface RunHeaderRow extends StarterRow {
  readonly id: string;
  readonly taskId: string;
  readonly state: RunState;
  readonly method: StoredMethod;
  readonly targetId: string;
  readonly namespace: string;
  readonly settings: unknown;
  readonly deletesConfirmed: boolean;
  readonly fullRead: boolean;
  readonly jobId: string | null;
  /** See `runs.attempt`. */
  readonly attempt: number;
  readonly problem: unknown;
  readonly queuedAt: Date;
  /** See `runs.wait_kind`. */
  readonly waitKind: string | null;
  readonly waitName: string | null;
  readonly waitSince: Date | null;
  readonly waitUntil: Date | null;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly task: {
    readonly name: string;
    readonly recreatedAt: Date | null;
    readonly target: { readonly kind: string };
    readonly connection: { readonly id: string; readonly name: string };
  };
}

export interface RunRow extends RunHeaderRow {
  readonly datasets: readonly DatasetRunRow[];
}

export function toRunDto(row: RunRow): RunDto {
  return toRunWithDatasets(row, row.datasets.map(toDatasetRunDto));
}

/** The run with datasets that were read separately, in their order. */
export function toRunWithDatasets(row: RunHeaderRow, datasets: readonly DatasetRunDto[]): RunDto {
  return {
    ...toRunHeader(row),
    ...runSums(datasets),
    connectionId: row.task.connection.id,
    connectionName: row.task.connection.name,
    targetKind: row.task.target.kind,
    namespace: row.namespace,
    datasets,
    problem: row.problem as Problem | null,
    wait: waitOf(row),
  };
}

function waitOf({ waitKind, waitName, waitSince, waitUntil, endedAt }: RunHeaderRow): RunDto['wait'] {
  if (waitKind !== 'gateway' || waitSince === null || endedAt !== null) return null;
  return { kind: 'gateway', name: waitName ?? '', since: waitSince.toISOString(), until: waitUntil?.toISOString() ?? null };
}

export function toDatasetRunDto(row: DatasetRunRow): DatasetRunDto {
  return {
    id: row.id,
    datasetId: row.datasetId,
    datasetName: row.name,
    title: row.title,
    area: row.area,
    kind: row.kind as DatasetRunDto['kind'],
    state: row.state,
    counts: { ...NO_COUNTS, ...(row.counts as object) },
    startedAt: row.startedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
    problem: row.problem as Problem | null,
    notes: row.notes as readonly string[],
    incremental: row.incremental,
    unread: row.unread as readonly UnreadColumn[],
    unproven: row.unproven as UnprovenParents,
    rejected: row.rejected as RejectedRows,
    drift: row.drift as readonly DriftDecision[],
    wait: row.endedAt === null ? (row.wait as Wait | null) : null,
  };
}

/** The definition of a dataset run at the start of its run. @throws when it does not exist. */
export async function readDefinition(db: Db, datasetRunId: string): Promise<DatasetDefinition> {
  const { definition } = await db.datasetRun.findUniqueOrThrow({ where: { id: datasetRunId }, select: { definition: true } });
  return DatasetDefinition.parse(definition);
}

const WithoutColumns = DatasetShape.omit({ columns: true });

/** The definitions of these dataset runs without their columns, which are the largest part. */
export async function listDefinitionsWithoutColumns(
  db: Db,
  datasetRunIds: readonly string[],
): Promise<z.infer<typeof WithoutColumns>[]> {
  const rows = await db.$queryRaw<{ readonly definition: unknown }[]>`
    SELECT definition - 'columns' AS definition FROM dataset_runs WHERE id = ANY(${datasetRunIds})`;
  return rows.map(({ definition }) => WithoutColumns.parse(definition));
}

const ACTIVE_STATES = ['queued', 'running', 'cancelling'] as const satisfies readonly RunState[];

export async function findRun(db: Db | Tx, id: string): Promise<RunRow | null> {
  return db.run.findUnique({ where: { id }, select: RUN });
}

export async function findRunHeader(db: Db, id: string): Promise<RunHeaderRow | null> {
  return db.run.findUnique({ where: { id }, select: RUN_HEADER });
}

/**
 * A version for each dataset run of a run, in their order: it changes with every write. It is the row's `xmin`, the transaction that
 * wrote it (PostgreSQL documentation, section 5.6 "System Columns").
 */
export async function listDatasetRunVersions(
  db: Db,
  runId: string,
): Promise<{ readonly id: string; readonly version: string }[]> {
  return db.$queryRaw`SELECT id, xmin::text AS version FROM dataset_runs WHERE run_id = ${runId} ORDER BY position`;
}

export async function findDatasetRuns(db: Db, ids: readonly string[]): Promise<DatasetRunRow[]> {
  return db.datasetRun.findMany({ where: { id: { in: [...ids] } }, select: DATASET_RUN });
}

/** Whether a run was cancelled or does not exist. */
export async function isRunCancelled(db: Db, id: string): Promise<boolean> {
  const state = await findRunState(db, id);
  return state === null || state === 'cancelling' || state === 'cancelled';
}

async function findRunState(db: Db, id: string): Promise<RunState | null> {
  return (await db.run.findUnique({ where: { id }, select: { state: true } }))?.state ?? null;
}

/** The queued or running run of the task; null: none. */
export async function findActiveRunId(db: Db | Tx, taskId: string): Promise<string | null> {
  const row = await db.run.findFirst({ where: { taskId, state: { in: [...ACTIVE_STATES] } }, select: { id: true } });
  return row?.id ?? null;
}

/** All runs that have not ended; a sweep of the worker checks whether their jobs exist. */
export async function listActiveRuns(db: Db): Promise<readonly { readonly id: string; readonly jobId: string | null }[]> {
  return db.run.findMany({ where: { state: { in: [...ACTIVE_STATES] } }, select: { id: true, jobId: true } });
}

export interface NewRun {
  readonly id: string;
  readonly taskId: string;
  readonly method: StoredMethod;
  readonly targetId: string;
  readonly namespace: string;
  readonly settings: object;
  readonly startedBy: ActorRef;
  readonly deletesConfirmed: boolean;
  readonly fullRead: boolean;
  readonly queuedAt: Date;
  /** `unread`: selected columns that are known to be unreadable in this run. */
  readonly datasets: readonly {
    readonly id: string;
    readonly definition: DatasetDefinition;
    readonly unread: readonly UnreadColumn[];
  }[];
}

export async function insertRun(tx: Tx, run: NewRun): Promise<void> {
  const { datasets, settings, startedBy, ...row } = run;
  await tx.run.create({ data: { ...row, ...toStarterRow(startedBy), settings: toJson(settings) }, select: { id: true } });
  await tx.datasetRun.createMany({
    data: datasets.map((dataset, position) => ({
      id: newId('dsrun'),
      runId: run.id,
      datasetId: dataset.id,
      position,
      name: dataset.definition.name,
      title: dataset.definition.title,
      area: dataset.definition.area,
      kind: dataset.definition.kind,
      definition: toJson(dataset.definition),
      counts: toJson(NO_COUNTS),
      unread: toJson(dataset.unread),
    })),
  });
}

/** Where a task lands rows. */
export interface LandingPlace {
  readonly taskId: string;
  readonly targetId: string;
  readonly namespace: string;
  readonly method: StoredMethod;
  /** Rows that were landed before this time were dropped; null: never. */
  readonly since: Date | null;
}

/** The runs of a task that landed into this namespace with the same method. */
export function runsThatLandedInto({ since, ...same }: LandingPlace) {
  return { ...same, ...(since === null ? {} : { queuedAt: { gte: since } }) };
}

/** What the last run that published a dataset of a task into the same namespace read. */
export interface LastPublished {
  readonly unread: readonly UnreadColumn[];
  readonly unproven: UnprovenParents;
  readonly rejected: RejectedRows;
  /** Names of the columns that it read. */
  readonly read: ReadonlySet<string>;
}

/** Null when the dataset was never published there. */
export async function findLastPublished(
  db: Db | Tx,
  { datasetId, ...landing }: LandingPlace & { readonly datasetId: string },
): Promise<LastPublished | null> {
  const row = await db.datasetRun.findFirst({
    where: { datasetId, run: runsThatLandedInto(landing), state: { in: ['done', 'partial'] } },
    orderBy: { endedAt: 'desc' },
    select: { definition: true, unread: true, unproven: true, rejected: true },
  });
  if (row === null) return null;
  const unread = row.unread as unknown as readonly UnreadColumn[];
  const columns = DatasetDefinition.parse(row.definition).columns.filter(isColumnRead);
  const missing = new Set(unread.map(({ name }) => name));
  const unproven = row.unproven as unknown as UnprovenParents;
  const rejected = row.rejected as unknown as RejectedRows;
  return { unread, unproven, rejected, read: new Set(columns.map(({ name }) => name).filter((name) => !missing.has(name))) };
}

/** Columns that were known to be unreadable when the run was queued; for a dataset run that has not ended. */
export function unreadAtStart(row: DatasetRunRow): readonly UnreadColumn[] {
  return row.unread as readonly UnreadColumn[];
}

export async function setJobId(tx: Tx, runId: string, jobId: string): Promise<void> {
  await tx.run.update({ where: { id: runId }, data: { jobId }, select: { id: true } });
}

export const OPEN_DATASET_STATES = ['queued', 'waiting', 'reading', 'publishing'] as const satisfies DatasetRunState[];

/** Which of these dataset runs have not ended. */
export async function listOpenDatasetRunIds(db: Db, ids: readonly string[]): Promise<string[]> {
  const rows = await db.datasetRun.findMany({
    where: { id: { in: [...ids] }, state: { in: [...OPEN_DATASET_STATES] } },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}
