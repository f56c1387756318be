import 'server-only';
import { z } from 'zod';
import { ActorKind, type ActorRef } from '#lib/domain/account/actor.ts';
import type { ConnectionSummaryDto } from '#lib/domain/connection/connection.ts';
import { ConnectionAccess } from '#lib/domain/connection/connection-access.ts';
import {
  Column,
  ColumnType,
  DatasetAccess,
  type DatasetDto,
  DatasetParent,
  DatasetShape,
  type DatasetSummaryDto,
  ReadOptions,
  type RowsDto,
  type SampleDto,
} from '#lib/domain/dataset/dataset.ts';
import type { GatewayRef } from '#lib/domain/gateway/gateway.ts';
import { idSchema } from '#lib/domain/id.ts';
import {
  type FilterCheckDto,
  type MetadataJobDto,
  MetadataJobKind,
  MetadataJobProgress,
  MetadataJobResult,
  MetadataJobState,
} from '#lib/domain/metadata/metadata.ts';
import { ProblemSchema } from '#lib/domain/problem.ts';
import { DriftDecision } from '#lib/domain/run/drift.ts';
import {
  type ChangeDto,
  DatasetRunState,
  RejectedRows,
  type RunDto,
  RunState,
  type RunSummaryDto,
  UnprovenParents,
  UnreadColumn,
} from '#lib/domain/run/run.ts';
import { Wait } from '#lib/domain/run/wait.ts';
import { UpdateMethod } from '#lib/domain/task/update-method.ts';

// Schemas of the data that services return: the compiler compares each with its type, and a test validates every answer.

const Moment = z.iso.datetime();

/** Problem Details (RFC 9457): the body of every error answer. */
export const ProblemDocument = ProblemSchema.extend({
  type: z.string().describe('urn:entrada:problem:{code}'),
  status: z.number().int(),
});

/** The data gateway or gateway group that reaches something. */
export const GatewayRefSchema = z.object({
  kind: z.enum(['gateway', 'group']),
  id: z.string(),
  name: z.string(),
}) satisfies z.ZodType<GatewayRef>;

export const ConnectionSummarySchema = z.object({
  id: idSchema('conn'),
  name: z.string(),
  state: z.enum(['ready', 'needs-reauthentication']),
  cloud: z.string(),
  graphBaseUrl: z.string(),
  tenantName: z.string().nullable(),
  accountUsername: z.string(),
  owner: z.string(),
  access: ConnectionAccess.describe('What the caller may do with the connection, within their role.'),
  datasetCount: z.number().int(),
  taskCount: z.number().int(),
  createdAt: Moment,
  lastVerifiedAt: Moment,
  signIn: z.enum(['delegated', 'app-only']),
  warnings: z.array(
    z.object({
      code: z.enum(['credential-expired', 'credential-expires', 'refresh-token-idle']),
      severity: z.enum(['error', 'warning']),
      title: z.string(),
      remedy: z.string(),
    }),
  ),
}) satisfies z.ZodType<ConnectionSummaryDto>;

const Child = z.object({ dataset: z.string(), sourcePath: z.string() });

export const DatasetSummarySchema = z.object({
  id: idSchema('ds'),
  name: z.string(),
  title: z.string(),
  area: DatasetShape.shape.area,
  description: z.string(),
  kind: DatasetShape.shape.kind,
  path: z.string(),
  child: Child.nullable(),
  permissions: z.array(z.string()),
  licence: z.string().nullable(),
  origin: DatasetShape.shape.origin.unwrap(),
  entityType: z.string(),
  access: DatasetAccess,
  accessDetail: z.object({
    reason: z.string().nullable(),
    missing: z.array(z.string()),
    probedAt: Moment.nullable(),
    problem: ProblemSchema.nullable(),
    columns: z.array(z.object({ sourcePath: z.string(), access: DatasetAccess, reason: z.string() })),
    unseen: z.string().nullable(),
  }),
  selected: z.boolean(),
  filtered: z.boolean(),
  columnCount: z.number().int(),
  selectedColumnCount: z.number().int(),
  pending: z.number().int(),
}) satisfies z.ZodType<DatasetSummaryDto>;

const ColumnSchema = Column.extend({ typeChoices: z.array(ColumnType), edited: z.array(z.string()) });

export const DatasetSchema = DatasetSummarySchema.extend({
  filter: z.string().nullable(),
  parent: DatasetParent.nullable(),
  read: ReadOptions,
  columns: z.array(ColumnSchema),
}) satisfies z.ZodType<DatasetDto>;

export const SampleSchema = z.object({
  columns: z.array(z.object({ name: z.string(), type: ColumnType })),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))),
  total: z.number().int().nullable(),
  raw: z.array(z.string()).describe('JSON text of each row as Graph sent it, in the order of `rows`.'),
  notes: z.array(z.string()),
}) satisfies z.ZodType<SampleDto>;

export const RowsSchema = z.object({
  columns: z.array(z.object({ name: z.string(), type: ColumnType })),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))),
  total: z.number().int().nullable(),
}) satisfies z.ZodType<RowsDto>;

export const ChangeSchema = z.object({
  operation: z.enum(['insert', 'update', 'delete']),
  changedAt: z.string(),
  runId: z.string(),
  key: z.string(),
  changedColumns: z.array(z.string()),
  before: z.record(z.string(), z.unknown()).nullable(),
  after: z.record(z.string(), z.unknown()).nullable(),
}) satisfies z.ZodType<ChangeDto>;

export const FilterCheckSchema = z.object({
  valid: z.boolean(),
  rows: z.number().int().nullable(),
  advanced: z.boolean(),
  problem: ProblemSchema.nullable(),
}) satisfies z.ZodType<FilterCheckDto>;

export const MetadataJobSchema = z.object({
  id: idSchema('mjob'),
  connectionId: idSchema('conn'),
  kind: MetadataJobKind,
  state: MetadataJobState,
  startedBy: z.string(),
  progress: MetadataJobProgress,
  result: MetadataJobResult.nullable(),
  problem: ProblemSchema.nullable(),
  queuedAt: Moment,
  startedAt: Moment.nullable(),
  endedAt: Moment.nullable(),
}) satisfies z.ZodType<MetadataJobDto>;

const Count = z.number().int();

/** Who did something, and in whose name. */
export const ActorSchema = z.object({
  kind: ActorKind,
  id: z.string().nullable(),
  userId: z.string().nullable(),
  name: z.string(),
}) satisfies z.ZodType<ActorRef>;

export const RunSummarySchema = z.object({
  id: idSchema('run'),
  taskId: idSchema('task'),
  taskName: z.string(),
  state: RunState,
  method: UpdateMethod,
  startedBy: ActorSchema,
  queuedAt: Moment,
  startedAt: Moment.nullable(),
  endedAt: Moment.nullable(),
  datasetsTotal: Count,
  datasetsDone: Count,
  datasetsFailed: Count,
  rowsRead: Count,
  inserted: Count,
  updated: Count,
  deleted: Count,
}) satisfies z.ZodType<RunSummaryDto>;

export const RunSchema = RunSummarySchema.extend({
  connectionId: idSchema('conn'),
  connectionName: z.string(),
  targetKind: z.string(),
  namespace: z.string(),
  datasets: z.array(
    z.object({
      id: idSchema('dsrun'),
      datasetId: idSchema('ds'),
      datasetName: z.string(),
      title: z.string(),
      area: z.string(),
      kind: DatasetShape.shape.kind,
      state: DatasetRunState,
      counts: z.object({
        rowsRead: Count,
        rowsExpected: Count.nullable(),
        inserted: Count,
        updated: Count,
        deleted: Count,
        unchanged: Count,
        requests: Count,
        throttledMs: z.number(),
        refused: Count.optional().describe('Number of answers with status 429, including those inside batches; absent: none.'),
        bytes: Count,
        parents: z.object({ read: Count, expected: Count.nullable() }).optional(),
      }),
      startedAt: Moment.nullable(),
      endedAt: Moment.nullable(),
      problem: ProblemSchema.nullable(),
      notes: z.array(z.string()),
      incremental: z.boolean(),
      unread: z.array(UnreadColumn),
      unproven: UnprovenParents,
      rejected: RejectedRows,
      drift: z
        .array(DriftDecision)
        .describe('Differences between the columns of the dataset and its landed table, and what was done about them.'),
      wait: Wait.nullable(),
    }),
  ),
  wait: z.object({ kind: z.literal('gateway'), name: z.string(), since: Moment, until: Moment.nullable() }).nullable(),
  problem: ProblemSchema.nullable(),
}) satisfies z.ZodType<RunDto>;
