import 'server-only';
import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { CreateTaskInput, UpdateTaskInput } from '#lib/domain/task/task.ts';
import { DuplicateTaskInput } from '#lib/services/task/duplicate-task.ts';
import { ListTasksInput } from '#lib/services/task/list-tasks.ts';
import { PauseTaskInput } from '#lib/services/task/pause-task.ts';
import { describeOperation } from '../operation.ts';
import { PageQuery, pageSchema } from '../page.ts';
import { TaskSeriesSchema } from '../plan-schemas.ts';
import { TaskPreparationSchema, TaskSchema, TaskSummarySchema, TaskValidationSchema } from '../task-schemas.ts';

const OfTask = z.object({ taskId: idSchema('task') });
const tag = 'Tasks';

export const listTasksOperation = describeOperation({
  id: 'listTasks',
  method: 'GET',
  path: '/api/v1/tasks',
  tag,
  summary: 'List the tasks',
  role: 'viewer',
  query: PageQuery.extend(ListTasksInput.shape),
  response: { status: 200, description: 'Tasks by name.', schema: pageSchema(TaskSummarySchema) },
});

export const createTaskOperation = describeOperation({
  id: 'createTask',
  method: 'POST',
  path: '/api/v1/tasks',
  tag,
  summary: 'Create a task',
  role: 'editor',
  body: CreateTaskInput,
  response: { status: 201, description: 'The task; its ETag is the version.', schema: TaskSchema },
});

export const getTaskOperation = describeOperation({
  id: 'getTask',
  method: 'GET',
  path: '/api/v1/tasks/{taskId}',
  tag,
  summary: 'Get a task',
  role: 'viewer',
  params: OfTask,
  response: { status: 200, description: 'The task; its ETag is the version.', schema: TaskSchema },
});

export const getTaskSeriesOperation = describeOperation({
  id: 'getTaskSeries',
  method: 'GET',
  path: '/api/v1/tasks/{taskId}/series',
  tag,
  summary: 'Get the last runs of a task as figures',
  description: 'Rows, duration and changes of each run that has ended.',
  role: 'viewer',
  params: OfTask,
  query: z.object({ limit: z.coerce.number().int().min(1).max(500).default(60) }),
  response: { status: 200, description: 'The last `limit` runs.', schema: TaskSeriesSchema },
});

export const updateTaskOperation = describeOperation({
  id: 'updateTask',
  method: 'PATCH',
  path: '/api/v1/tasks/{taskId}',
  tag,
  summary: 'Change a task',
  description:
    'Absent members and landed data are kept. While rows are landed, the update method and the names are locked (`method-locked`, `names-locked`); `recreate` drops the landed tables first.',
  role: 'editor',
  ifMatch: true,
  params: OfTask,
  body: UpdateTaskInput.omit({ taskId: true, version: true }),
  response: { status: 200, description: 'The task; its ETag is the version.', schema: TaskSchema },
});

export const deleteTaskOperation = describeOperation({
  id: 'deleteTask',
  method: 'DELETE',
  path: '/api/v1/tasks/{taskId}',
  tag,
  summary: 'Delete a task',
  description: 'Also deletes its schedule and the history of its runs. Landed data is kept.',
  role: 'editor',
  params: OfTask,
  response: { status: 200, description: 'It is deleted.', schema: z.object({ deleted: z.literal(true) }) },
});

export const duplicateTaskOperation = describeOperation({
  id: 'duplicateTask',
  method: 'POST',
  path: '/api/v1/tasks/{taskId}/duplicate',
  tag,
  summary: 'Duplicate a task',
  description: 'The same datasets and settings, in a new schema or folder, without schedule and runs.',
  role: 'editor',
  params: OfTask,
  body: DuplicateTaskInput.omit({ taskId: true }),
  response: { status: 201, description: 'The new task.', schema: TaskSchema },
});

export const pauseTaskOperation = describeOperation({
  id: 'pauseTask',
  method: 'POST',
  path: '/api/v1/tasks/{taskId}/pause',
  tag,
  summary: 'Pause or resume a task',
  description: 'No person, program or schedule can start a paused task.',
  role: 'editor',
  use: 'operates',
  params: OfTask,
  body: PauseTaskInput.omit({ taskId: true }),
  response: { status: 200, description: 'The task.', schema: TaskSchema },
});

export const validateTaskOperation = describeOperation({
  id: 'validateTask',
  method: 'POST',
  path: '/api/v1/tasks/{taskId}/validate',
  tag,
  summary: 'Check a task before it runs',
  description:
    'Checks the permissions of each dataset at the last sign-in, whether the target is reached, the names of tables, and the target. Reads nothing from Graph.',
  role: 'editor',
  use: 'operates',
  params: OfTask,
  response: { status: 200, description: 'Each check, passed or failed.', schema: TaskValidationSchema },
});

export const prepareTaskOperation = describeOperation({
  id: 'prepareTask',
  method: 'POST',
  path: '/api/v1/tasks/{taskId}/prepare',
  tag,
  summary: 'Create the tables of a task in advance',
  description: 'Creates the missing tables before the first run. Existing tables are not changed.',
  role: 'editor',
  use: 'operates',
  params: OfTask,
  response: { status: 200, description: 'The tables that were created, and the SQL.', schema: TaskPreparationSchema },
});

export const dropLandedOperation = describeOperation({
  id: 'dropLanded',
  method: 'POST',
  path: '/api/v1/tasks/{taskId}/drop-landed',
  tag,
  summary: 'Drop the tables that an edit replaced',
  description: 'Use this after an edit with `recreate` that could not drop the tables (`awaitsDrop`).',
  role: 'editor',
  params: OfTask,
  response: { status: 200, description: 'The dropped tables.', schema: z.object({ dropped: z.array(z.string()) }) },
});
