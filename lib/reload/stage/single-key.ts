import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { sqlName } from '#lib/reload/parse/sql/sql-text.ts';

/**
 * The plan of one object (a table of one row), and of the items of its collections, as what came allows: Graph sends some objects without
 * the id that $metadata declares, and no other object has to be distinguished from it. A key column of the object without a value is none; rows
 * are then compared by the rest of the key, or as a whole.
 */
export async function resolveSingletonKey(rows: Pick<StagedRows, 'query'>, plan: DatasetPlan): Promise<DatasetPlan> {
  const { dataset } = plan;
  if (!dataset.read.single || dataset.parent !== null) return plan;
  const own = plan.columns.filter(({ key, sourcePath }) => key && !sourcePath.includes('[]')).map(({ name }) => name);
  if (own.length === 0) return plan;
  const counts = own.map((name) => `count(*) FILTER (${sqlName(name)} IS NULL)`).join(', ');
  const [nulls = []] = await rows.query(`SELECT ${counts} FROM staged`);
  const without = new Set(own.filter((_, index) => Number(nulls[index]) > 0));
  if (without.size === 0) return plan;
  const settle = <T extends { readonly name: string; readonly key: boolean }>(columns: readonly T[]): T[] =>
    columns.map((column) => (without.has(column.name) ? { ...column, key: false, nullable: true, selected: true } : column));
  return {
    ...plan,
    dataset: { ...dataset, columns: settle(dataset.columns) },
    columns: settle(plan.columns),
    key: plan.key.filter((name) => !without.has(name)),
  };
}

/** Whether a table is one object without a key: a change of it shows as its one row deleted and another inserted, which is no loss. */
export function isKeylessSingleton({ dataset, key }: DatasetPlan): boolean {
  return dataset.read.single && dataset.kind === 'entity' && key.length === 0;
}
