import { type TaskDto, writesFiles } from '#lib/domain/task/task.ts';
import { METHOD_WRITES, NAMESPACE_LABEL } from '#lib/domain/task/update-method.ts';
import { folderOf, type TaskFormValues } from '../../../new/_components/task-form-values.ts';

type Edited = Pick<TaskFormValues, 'targetId' | 'namespace' | 'folderChoice' | 'folder' | 'datasetIds'>;

function isMoved(task: TaskDto, values: Edited): boolean {
  if (values.targetId !== task.target.targetId) return true;
  const { target } = task;
  return writesFiles(target) ? folderOf(values) !== target.settings.folder : values.namespace.trim() !== task.namespace;
}

/** Whether the update method belongs to rows that are landed where the task would go on writing. Those of files go on from each other. */
export function isLocked(task: TaskDto, values: Edited): boolean {
  return METHOD_WRITES[task.method] === 'tables' && !isMoved(task, values) && task.datasets.some(({ landed }) => landed);
}

/** Why names cannot be changed while rows are landed, and what to do. */
export function namesLockedMessage({ method }: TaskDto): string {
  const how = METHOD_WRITES[method] === 'tables' ? 'choose Drop and land again below, or ' : '';
  return `The names are locked, because there are landed rows with these names. To change the names, ${how}choose another ${NAMESPACE_LABEL[METHOD_WRITES[method]].toLowerCase()}.`;
}

/** Consequences of an edit for landed rows, one sentence each. */
export function editConsequences(task: TaskDto, values: Edited, recreate: boolean): readonly string[] {
  const label = NAMESPACE_LABEL[METHOD_WRITES[task.method]].toLowerCase();
  const landed = task.datasets.filter((dataset) => dataset.landed);
  const removed = landed.filter(({ id }) => !values.datasetIds.includes(id)).map(({ name }) => name);
  const lines: string[] = [];
  if (landed.length > 0 && isMoved(task, values)) {
    lines.push(`Landed data in the ${label} ${task.namespace} stays there. The next run lands everything in the new ${label}.`);
  } else if (recreate) {
    lines.push(`Until the next run ends, the ${label} ${task.namespace} has no data of this task.`);
  } else if (removed.length > 0) {
    lines.push(`Landed rows of ${removed.join(', ')} stay in the ${label} ${task.namespace}, but runs no longer update them.`);
  }
  return lines;
}

/** A sentence about what stays in the target when the task is deleted. */
export function staysMessage(task: TaskDto): string {
  const names = task.datasets.filter(({ landed }) => landed).map(({ name }) => name);
  if (names.length === 0) return 'The task has no landed data.';
  const writes = METHOD_WRITES[task.method];
  const what = writes === 'tables' ? 'The tables' : 'The folders';
  const some = names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
  return `${what} ${some} stay in the ${NAMESPACE_LABEL[writes].toLowerCase()} ${task.namespace} of ${task.targetName}. Another task can use them.`;
}
