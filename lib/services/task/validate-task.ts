import { z } from 'zod';
import { accessOf, type Granted, missingPermissions } from '#lib/domain/access/access.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { TargetCheck, TargetTest } from '#lib/domain/target/target.ts';
import { datasetFolder, isDatedFolder } from '#lib/domain/task/lake-folder.ts';
import { namespaceOf, type TaskTarget, tableNamesOf, writesFiles } from '#lib/domain/task/task.ts';
import type { TaskValidation } from '#lib/domain/task/task-validation.ts';
import { AppError, NotFoundError } from '#lib/platform/errors.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import type { DatasetRow } from '#lib/store/metadata/datasets.ts';
import { findTarget, type TargetRow } from '#lib/store/run/targets.ts';
import { type TaskRow, targetOf } from '#lib/store/run/tasks.ts';
import { requireConnection } from '../connection/require-connection.ts';
import { closedConnections, requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call, Context } from '../context.ts';
import { grantedOf } from '../dataset/require-dataset.ts';
import { requireRole } from '../require-role.ts';
import { testTarget } from '../target/test-target.ts';
import { requireOwnTables } from './claim-tables.ts';
import { requireReachedTarget } from './require-reached-target.ts';
import { requireTask } from './require-task.ts';
import { listTaskDatasets, readDefinitions, taskDdl } from './task-ddl.ts';

/** Folders that a check names; more are counted. */
const FOLDERS_NAMED = 10;

export const ValidateTaskInput = z.object({ taskId: idSchema('task') });
export type ValidateTaskInput = z.input<typeof ValidateTaskInput>;

/**
 * Checks whether a run of the task could succeed: permissions of each dataset as of the last sign-in, that the process that reads also reaches the
 * target, that its tables belong to no other task, and the test of the target. A failure is a failed check, not an error. Reads nothing from
 * Graph.
 */
export async function validateTask({ ctx, input }: Call<ValidateTaskInput>): Promise<TaskValidation> {
  requireRole(ctx, 'editor', 'operates');
  const { taskId } = ValidateTaskInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { taskId });
  const task = await requireTask(ctx, taskId);
  const connection = await requireConnection(ctx, task.connectionId);
  const granted = grantedOf(connection);
  const datasets = await listTaskDatasets(ctx, task);
  const checks = [
    ...datasets.map((dataset) => permissionCheck(dataset, granted)),
    ...(await placeChecks(ctx, task, datasets)),
    ...(await targetChecks(ctx, task)),
  ];
  return { passed: checks.every(({ passed }) => passed), checks, ddl: taskDdl(task, readDefinitions(datasets, granted)) };
}

function permissionCheck({ name, definition }: DatasetRow, granted: Granted): TargetCheck {
  const check = { name: `read-${name}`, title: `Read ${definition.title}` };
  const access = accessOf(definition, granted);
  if (access === 'granted') return { ...check, passed: true, detail: 'The permissions are granted.', remedy: null };
  if (access === 'unknown')
    return {
      ...check,
      passed: true,
      detail: 'The token does not show whether Graph allows this. Choose Check access to test it now.',
      remedy: null,
    };
  if (access === 'delegated-only') {
    const detail = 'Microsoft Graph has no application permission for it, and the connection signs in as an application.';
    const remedy = 'Remove the dataset from the task, or use a connection in which a person signs in.';
    return { ...check, passed: false, detail, remedy };
  }
  const [least = 'the permission', ...others] = missingPermissions(definition, granted);
  const detail = `The connection does not have ${[least, ...others].join(' or ')}.`;
  const kind = granted.signIn === 'app-only' ? 'application' : 'delegated';
  const remedy = `Ask the tenant administrator to grant ${least} (${kind}) to the app registration, then verify the connection again.`;
  return { ...check, passed: false, detail, remedy };
}

async function placeChecks(ctx: Context, task: TaskRow, datasets: readonly DatasetRow[]): Promise<TargetCheck[]> {
  const names = datasets.map(({ name }) => name);
  const closed = await closedConnections(ctx);
  return ctx.db.$transaction(async (tx) => {
    const target = await requireTargetRow(tx, task.targetId);
    const reached = { name: 'reach', title: `Reach ${target.name}` };
    const owned = { name: 'tables', title: 'Names of tables or folders' };
    const claim = { target: targetOf(task), taskId: task.id, closed };
    const taken = await asCheck(owned, () => requireOwnTables(tx, names, { ...claim, row: target }));
    return [
      await asCheck(reached, () => requireReachedTarget(tx, task.connectionId, target)),
      taken.passed ? { ...taken, detail: placesInWords(claim.target, names) } : taken,
    ];
  });
}

/** Folders that a lake task writes, below its target; null for tables, whose names are in the SQL. */
function placesInWords(target: TaskTarget, datasets: readonly string[]): string | null {
  if (!writesFiles(target)) return null;
  const folders = tableNamesOf(datasets, target).map((table) => datasetFolder(namespaceOf(target), table));
  const more = folders.length > FOLDERS_NAMED ? ` and ${folders.length - FOLDERS_NAMED} more` : '';
  const days = isDatedFolder(namespaceOf(target)) ? ', each version in the folder of its day' : '';
  return `Folders below the target: ${folders.slice(0, FOLDERS_NAMED).join(', ')}${more}${days}.`;
}

async function requireTargetRow(tx: Tx, targetId: string): Promise<TargetRow> {
  const row = await findTarget(tx, targetId);
  if (row === null) throw new NotFoundError('target');
  return row;
}

async function targetChecks(ctx: Context, { targetId, target }: TaskRow): Promise<readonly TargetCheck[]> {
  const whole = { name: 'target', title: `Test of ${target.name}` };
  let test: TargetTest = { passed: true, checks: [] };
  const tested = await asCheck(whole, async () => {
    test = await testTarget({ ctx, input: { targetId } });
  });
  if (!tested.passed || test.checks.length === 0) return [{ ...tested, passed: tested.passed && test.passed }];
  return test.checks.map((check) => ({ ...check, name: `target-${check.name}` }));
}

/** Converts a refusal to a failed check with its title and remedy. Rethrows other errors. */
async function asCheck({ name, title }: Pick<TargetCheck, 'name' | 'title'>, look: () => Promise<void>): Promise<TargetCheck> {
  try {
    await look();
    return { name, title, passed: true, detail: null, remedy: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { problem } = error;
    return { name, title, passed: false, detail: problem.title, remedy: problem.remedy ?? null };
  }
}
