import 'server-only';
import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { RunState } from '#lib/domain/run/run.ts';
import { StartRunInput } from '#lib/services/run/start-run.ts';
import { PlanDatasetsInput } from '#lib/services/task/plan-task.ts';
import { describeOperation } from '../operation.ts';
import { PageQuery, pageSchema } from '../page.ts';
import { ReadPlanSchema, RunSeriesSchema } from '../plan-schemas.ts';
import { ChangeSchema, RowsSchema, RunSchema, RunSummarySchema } from '../schemas.ts';

const OfRun = z.object({ runId: idSchema('run') });
const OfDataset = z.object({ taskId: idSchema('task'), datasetId: idSchema('ds') });
const tag = 'Runs';

export const startRunOperation = describeOperation({
  id: 'startRun',
  method: 'POST',
  path: '/api/v1/tasks/{taskId}/runs',
  tag,
  summary: 'Start a run of a task',
  role: 'editor',
  use: 'operates',
  params: z.object({ taskId: idSchema('task') }),
  body: StartRunInput.omit({ taskId: true }),
  response: { status: 201, description: 'The run, queued.', schema: RunSchema },
});

export const planTaskOperation = describeOperation({
  id: 'planTask',
  method: 'POST',
  path: '/api/v1/tasks/{taskId}/plan',
  tag,
  summary: 'Plan a reload of a task',
  description:
    'Counts the rows in Graph and plans the reading: requests, parts, resource units, expected time, and what takes longest. Reads no rows.',
  role: 'editor',
  use: 'operates',
  params: z.object({ taskId: idSchema('task') }),
  response: { status: 200, description: 'The plan.', schema: ReadPlanSchema },
});

export const planDatasetsOperation = describeOperation({
  id: 'planDatasets',
  method: 'POST',
  path: '/api/v1/connections/{connectionId}/plan',
  tag: 'Tasks',
  summary: 'Plan a reload of datasets without a task',
  description: 'As `planTask` for a task of these datasets.',
  role: 'editor',
  use: 'operates',
  params: z.object({ connectionId: idSchema('conn') }),
  body: PlanDatasetsInput.omit({ connectionId: true }),
  response: { status: 200, description: 'The plan.', schema: ReadPlanSchema },
});

export const getRunSeriesOperation = describeOperation({
  id: 'getRunSeries',
  method: 'GET',
  path: '/api/v1/runs/{runId}/series',
  tag,
  summary: 'Get a run over time',
  description:
    'Rows read, requests and answers 429 in steps of equal length, at most 240: the longer the run, the longer the steps. During the run, the last steps may be missing.',
  role: 'viewer',
  params: OfRun,
  response: { status: 200, description: 'The steps.', schema: RunSeriesSchema },
});

export const getRunOperation = describeOperation({
  id: 'getRun',
  method: 'GET',
  path: '/api/v1/runs/{runId}',
  tag,
  summary: 'Get a run',
  role: 'viewer',
  params: OfRun,
  response: { status: 200, description: 'The run with its dataset runs.', schema: RunSchema },
});

export const watchRunOperation = describeOperation({
  id: 'watchRun',
  method: 'GET',
  path: '/api/v1/runs/{runId}/events',
  tag,
  summary: 'Follow a run',
  description:
    'An event `run` with the whole run as its data, then an event `change` after each change until the run ends. `datasets` of a change has only the changed datasets.',
  role: 'viewer',
  params: OfRun,
  response: { status: 200, description: 'Events.', schema: null, types: ['text/event-stream'] },
});

export const listRunsOperation = describeOperation({
  id: 'listRuns',
  method: 'GET',
  path: '/api/v1/runs',
  tag,
  summary: 'List the runs',
  role: 'viewer',
  query: PageQuery.extend({
    taskId: idSchema('task').exactOptional(),
    connectionId: idSchema('conn').exactOptional(),
    state: RunState.exactOptional(),
  }),
  response: { status: 200, description: 'Runs, the newest first.', schema: pageSchema(RunSummarySchema) },
});

export const cancelRunOperation = describeOperation({
  id: 'cancelRun',
  method: 'POST',
  path: '/api/v1/runs/{runId}/cancel',
  tag,
  summary: 'Cancel a run',
  role: 'editor',
  use: 'operates',
  params: OfRun,
  response: { status: 200, description: 'The run: cancelled, or cancelling until its worker has stopped.', schema: RunSchema },
});

export const listChangesOperation = describeOperation({
  id: 'listChanges',
  method: 'GET',
  path: '/api/v1/runs/{runId}/datasets/{datasetId}/changes',
  tag,
  summary: 'List what a run changed in a dataset',
  description: 'For targets that record changes. The first `limit` changes; the change table in the target has all of them.',
  role: 'viewer',
  params: OfRun.extend({ datasetId: idSchema('ds') }),
  query: z.object({
    operation: z.enum(['insert', 'update', 'delete']).exactOptional(),
    limit: z.coerce.number().int().min(1).max(1000).default(200),
  }),
  response: {
    status: 200,
    description: 'The first changes, and how many there are.',
    schema: z.object({ changes: z.array(ChangeSchema), total: z.number().int() }),
  },
});

export const readLandedRowsOperation = describeOperation({
  id: 'readLandedRows',
  method: 'GET',
  path: '/api/v1/tasks/{taskId}/datasets/{datasetId}/rows',
  tag,
  summary: 'Read landed rows',
  description: 'Rows of the table, or of the latest version in a lake. The audit trail records the request.',
  role: 'viewer',
  params: OfDataset,
  query: z.object({
    offset: z.coerce.number().int().min(0).default(0),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  }),
  response: { status: 200, description: 'Rows from `offset`.', schema: RowsSchema },
});
