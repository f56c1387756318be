import 'server-only';
import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { ScheduleSettings } from '#lib/domain/schedule/schedule-rule.ts';
import { PauseSchedulesInput } from '#lib/services/schedule/pause-schedules.ts';
import { PreviewScheduleInput } from '#lib/services/schedule/preview-schedule.ts';
import { describeOperation } from '../operation.ts';
import { SchedulePreviewSchema, ScheduleSchema, SchedulesPauseSchema } from '../schedule-schemas.ts';

const OfTask = z.object({ taskId: idSchema('task') });
const tag = 'Schedules';

export const listSchedulesOperation = describeOperation({
  id: 'listSchedules',
  method: 'GET',
  path: '/api/v1/schedules',
  tag,
  summary: 'List the schedules',
  role: 'viewer',
  response: {
    status: 200,
    description: 'Schedules by the names of their tasks.',
    schema: z.object({ schedules: z.array(ScheduleSchema) }),
  },
});

export const previewScheduleOperation = describeOperation({
  id: 'previewSchedule',
  method: 'POST',
  path: '/api/v1/schedules/preview',
  tag,
  summary: 'Describe a schedule rule',
  description: 'Returns a sentence about the rule, and its next five times. Saves nothing.',
  role: 'viewer',
  use: 'reads',
  body: PreviewScheduleInput,
  response: { status: 200, description: 'What it means.', schema: SchedulePreviewSchema },
});

export const getSchedulesPauseOperation = describeOperation({
  id: 'getSchedulesPause',
  method: 'GET',
  path: '/api/v1/schedules/pause',
  tag,
  summary: 'Get whether all schedules are paused',
  role: 'viewer',
  response: { status: 200, description: 'Null when they are not paused.', schema: SchedulesPauseSchema },
});

export const pauseSchedulesOperation = describeOperation({
  id: 'pauseSchedules',
  method: 'POST',
  path: '/api/v1/schedules/pause',
  tag,
  summary: 'Pause or resume all schedules',
  role: 'admin',
  body: PauseSchedulesInput,
  response: { status: 200, description: 'Null when they are no longer paused.', schema: SchedulesPauseSchema },
});

export const getScheduleOperation = describeOperation({
  id: 'getSchedule',
  method: 'GET',
  path: '/api/v1/tasks/{taskId}/schedule',
  tag,
  summary: 'Get the schedule of a task',
  description: 'With its next times and the results of the last planned times. 404 when the task has no schedule.',
  role: 'viewer',
  params: OfTask,
  response: { status: 200, description: 'The schedule; its ETag is the version.', schema: ScheduleSchema },
});

export const saveScheduleOperation = describeOperation({
  id: 'saveSchedule',
  method: 'PUT',
  path: '/api/v1/tasks/{taskId}/schedule',
  tag,
  summary: 'Set the schedule of a task',
  description: 'If the task already has a schedule, send its ETag as `If-Match`. Without `If-Match`, the schedule must be new.',
  role: 'editor',
  params: OfTask,
  body: ScheduleSettings,
  response: { status: 200, description: 'The schedule; its ETag is the version.', schema: ScheduleSchema },
});

export const deleteScheduleOperation = describeOperation({
  id: 'deleteSchedule',
  method: 'DELETE',
  path: '/api/v1/tasks/{taskId}/schedule',
  tag,
  summary: 'Delete the schedule of a task',
  role: 'editor',
  params: OfTask,
  response: { status: 200, description: 'It is deleted.', schema: z.object({ deleted: z.literal(true) }) },
});
