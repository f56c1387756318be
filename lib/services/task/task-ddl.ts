import { type Granted, withoutRefused } from '#lib/domain/access/access.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { type DatasetRow, findDatasets } from '#lib/store/metadata/datasets.ts';
import { type TaskRow, targetOf } from '#lib/store/run/tasks.ts';
import { findTargetModule } from '#lib/targets/registry.ts';
import type { Context } from '../context.ts';

/** The datasets of a task, in its order. */
export async function listTaskDatasets(ctx: Pick<Context, 'db'>, task: TaskRow): Promise<readonly DatasetRow[]> {
  const ids = task.datasets.map(({ dataset }) => dataset.id);
  const rows = new Map((await findDatasets(ctx.db, ids)).map((row) => [row.id, row]));
  return ids.flatMap((id) => rows.get(id) ?? []);
}

/** The definitions as a run reads them: without columns that are refused to the token. */
export function readDefinitions(rows: readonly DatasetRow[], granted: Granted): readonly DatasetDefinition[] {
  return rows.map(({ definition, probe }) => withoutRefused(definition, granted, probe));
}

/** SQL that creates the tables of these datasets; null where the target of the task creates none in advance. */
export function taskDdl(task: TaskRow, datasets: readonly DatasetDefinition[]): string | null {
  return findTargetModule(task.target.kind).ddl(datasets, targetOf(task));
}
