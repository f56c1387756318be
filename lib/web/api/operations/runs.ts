import 'server-only';
import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { StartRunInput } from '#lib/services/run/start-run.ts';
import { describeOperation } from '../operation.ts';
import { ReadPlanSchema, RunSchema } from '../schemas.ts';

const OfRun = z.object({ runId: idSchema('run') });
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
    'Counts the rows at Graph and says how they would be read: requests, parts, resource units, expected time. Reads no rows.',
  role: 'editor',
  use: 'operates',
  params: z.object({ taskId: idSchema('task') }),
  response: { status: 200, description: 'The plan.', schema: ReadPlanSchema },
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
    'An event `run` with the whole run as its data, then an event `change` whenever it changed, until it is over: the run whose `datasets` are only those that changed.',
  role: 'viewer',
  params: OfRun,
  response: { status: 200, description: 'Events.', schema: null, types: ['text/event-stream'] },
});
