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
    'What is left out stays; what is landed stays. The update method and the names are locked (`method-locked`, `names-locked`) as long as rows are landed: with `recreate` they are dropped first.',
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
  description: 'With its schedule and the history of its runs. What was landed stays.',
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
  description: 'While a task is paused, nothing starts it: no person, no program, and not its schedule.',
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
    'Permissions of each dataset as of the last sign-in, whether the target is reached, names of tables, and the test of the target. Reads nothing from Graph.',
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
  summary: 'Make the tables of a task ahead',
  description: 'Makes the tables that are missing, before the first run. Tables that are there stay as they are.',
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
  summary: 'Drop what an edit gave up',
  description: 'Again, after an edit with `recreate` could not drop the tables (`awaitsDrop`).',
  role: 'editor',
  params: OfTask,
  response: { status: 200, description: 'What was dropped.', schema: z.object({ dropped: z.array(z.string()) }) },
});
