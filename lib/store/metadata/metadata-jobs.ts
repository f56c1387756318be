import { z } from 'zod';
import {
  type MetadataJobDto,
  MetadataJobKind,
  MetadataJobProgress,
  MetadataJobResult,
  MetadataJobState,
} from '#lib/domain/metadata/metadata.ts';
import type { Problem } from '#lib/domain/problem.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { toJson, toJsonOrNull } from '#lib/store/json.ts';
import type { Prisma } from '#prisma/generated/client.ts';

/** Input of a job. */
export const MetadataJobInput = z.object({
  /** Rows to sample per dataset; 0 = none. */
  sampleRows: z.number().int().nonnegative().default(0),
  /** Null = all datasets of the connection. */
  datasetIds: z.array(z.string()).nullable().default(null),
});
export type MetadataJobInput = z.infer<typeof MetadataJobInput>;

export interface MetadataJobRow extends MetadataJobDto {
  readonly input: MetadataJobInput;
  /** Id of the job in the queue. */
  readonly jobId: string | null;
}

type Stored = Prisma.MetadataJobGetPayload<object>;

function toRow(row: Stored): MetadataJobRow {
  return {
    id: row.id,
    connectionId: row.connectionId,
    kind: MetadataJobKind.parse(row.kind),
    state: MetadataJobState.parse(row.state),
    startedBy: row.startedBy,
    progress: MetadataJobProgress.parse(row.progress),
    result: row.result === null ? null : MetadataJobResult.parse(row.result),
    problem: row.problem as Problem | null,
    queuedAt: row.queuedAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
    input: MetadataJobInput.parse(row.input),
    jobId: row.jobId,
  };
}

export function toMetadataJobDto({ input: _input, jobId: _jobId, ...dto }: MetadataJobRow): MetadataJobDto {
  return dto;
}

export async function insertMetadataJob(
  tx: Tx,
  job: Pick<MetadataJobDto, 'id' | 'connectionId' | 'kind' | 'startedBy'> & {
    readonly input: MetadataJobInput;
    readonly at: Date;
  },
): Promise<void> {
  const { id, connectionId, kind, startedBy, input, at } = job;
  const progress: MetadataJobProgress = { done: 0, total: 0, current: null, rows: 0 };
  await tx.metadataJob.create({
    data: { id, connectionId, kind, startedBy, state: 'queued', input: toJson(input), progress: toJson(progress), queuedAt: at },
    select: { id: true },
  });
}

export async function findMetadataJob(db: Db | Tx, id: string): Promise<MetadataJobRow | null> {
  const row = await db.metadataJob.findUnique({ where: { id } });
  return row === null ? null : toRow(row);
}

/** The last job of each kind, newest first. */
export async function listLastMetadataJobs(db: Db | Tx, connectionId: string): Promise<MetadataJobRow[]> {
  const rows = await db.metadataJob.findMany({ where: { connectionId }, orderBy: { queuedAt: 'desc' }, distinct: ['kind'] });
  return rows.map(toRow);
}

const ACTIVE = ['queued', 'running', 'cancelling'] satisfies MetadataJobState[];

export async function findActiveMetadataJob(
  db: Db | Tx,
  connectionId: string,
  kind: MetadataJobKind,
): Promise<MetadataJobRow | null> {
  const row = await db.metadataJob.findFirst({ where: { connectionId, kind, state: { in: [...ACTIVE] } } });
  return row === null ? null : toRow(row);
}

export async function listActiveMetadataJobs(db: Db | Tx): Promise<MetadataJobRow[]> {
  return (await db.metadataJob.findMany({ where: { state: { in: [...ACTIVE] } } })).map(toRow);
}

export async function setMetadataJobId(tx: Tx, id: string, jobId: string): Promise<void> {
  await tx.metadataJob.update({ where: { id }, data: { jobId }, select: { id: true } });
}

export interface MetadataJobChange {
  readonly from: readonly MetadataJobState[];
  readonly to: MetadataJobState;
  readonly at: Date;
  readonly result?: MetadataJobResult;
  readonly problem?: Problem;
}

/** False when the job is in another state now. */
export async function changeMetadataJob(db: Db | Tx, id: string, change: MetadataJobChange): Promise<boolean> {
  const { count } = await db.metadataJob.updateMany({
    where: { id, state: { in: [...change.from] } },
    data: {
      state: change.to,
      ...(change.to === 'running' ? { startedAt: change.at } : {}),
      ...(change.to === 'done' || change.to === 'failed' || change.to === 'cancelled' ? { endedAt: change.at } : {}),
      ...(change.result === undefined ? {} : { result: toJson(change.result) }),
      ...(change.problem === undefined ? {} : { problem: toJsonOrNull(change.problem) }),
    },
  });
  return count === 1;
}

export async function setMetadataJobProgress(db: Db | Tx, id: string, progress: MetadataJobProgress): Promise<void> {
  await db.metadataJob.updateMany({
    where: { id, state: { in: ['running', 'cancelling'] } },
    data: { progress: toJson(progress) },
  });
}
