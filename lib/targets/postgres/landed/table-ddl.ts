import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { TaskTarget } from '#lib/domain/task/task.ts';
import { planReload } from '#lib/reload/engine/plan.ts';
import { namesOf, quote } from '#lib/targets/postgres/table/landed-table.ts';
import { changeTableSql, historyTableSql, landedTableSql, loadedTableSql } from '#lib/targets/postgres/table/table-ddl.ts';

/** SQL that makes the tables which a reload of `datasets` makes in PostgreSQL. Null for a method that makes none. */
export function tableDdl(datasets: readonly DatasetDefinition[], task: TaskTarget): string | null {
  if (task.method === 'reload') return null;
  const { schema, history } = task.settings;
  const { datasets: plans } = planReload(datasets, task);
  const statements = plans.flatMap((plan) => {
    const names = namesOf(plan);
    if (task.method === 'full-load') {
      const { table, key } = loadedTableSql(plan, names.live);
      return key === null ? [table] : [table, key];
    }
    const kept = history && plan.key.length > 0 ? historyTableSql(plan, names) : null;
    return [landedTableSql(plan, names), changeTableSql(plan, names), ...(kept === null ? [] : [kept.table, kept.index])];
  });
  return [`CREATE SCHEMA IF NOT EXISTS ${quote(schema)}`, ...statements].map((statement) => `${statement};\n`).join('\n');
}
