import { withoutColumns } from '#lib/domain/dataset/dataset.ts';
import type { DatasetPlan } from '../plan.ts';

const cache = new WeakMap<DatasetPlan, Map<string, DatasetPlan>>();

/**
 * The plan as if the named columns were not selected: what is still requested when they cannot be read. Keeps key columns.
 * The same plan and names return the same object, so that sources can cache by its dataset.
 */
export function planWithout(plan: DatasetPlan, columns: readonly { readonly name: string }[]): DatasetPlan {
  const asked = new Set(columns.map(({ name }) => name));
  const left = plan.columns.filter(({ name, key }) => !key && asked.has(name)).map(({ name }) => name);
  if (left.length === 0) return plan;
  const known = cache.get(plan) ?? new Map<string, DatasetPlan>();
  cache.set(plan, known);
  const id = left.join('\n');
  const made = known.get(id) ?? without(plan, new Set(left));
  known.set(id, made);
  return made;
}

function without(plan: DatasetPlan, names: ReadonlySet<string>): DatasetPlan {
  return { ...plan, dataset: withoutColumns(plan.dataset, names), columns: plan.columns.filter(({ name }) => !names.has(name)) };
}
