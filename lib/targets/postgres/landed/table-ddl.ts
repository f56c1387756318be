import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { LandingSettings } from '#lib/domain/task/task.ts';
import { planReload } from '#lib/reload/engine/plan.ts';
import { namesOf, quote } from '#lib/targets/postgres/table/landed-table.ts';
import { changeTableSql, historyTableSql, landedTableSql, loadedTableSql } from '#lib/targets/postgres/table/table-ddl.ts';

export interface DdlOptions {
  readonly schema: string;
  readonly method: 'reload-and-compare' | 'full-load';
  readonly history: boolean;
}

/** SQL that makes the tables which a reload of `datasets` makes in PostgreSQL, to be run before the first one or to be read. */
export function tableDdl(datasets: readonly DatasetDefinition[], { schema, method, history }: DdlOptions): string {
  const settings = LandingSettings.parse({ schema, history });
  const { datasets: plans } = planReload(datasets, { method, targetId: 'targ_22222222222222222222', settings });
  const statements = plans.flatMap((plan) => {
    const names = namesOf(plan);
    if (method === 'full-load') {
      const { table, key } = loadedTableSql(plan, names.live);
      return key === null ? [table] : [table, key];
    }
    const kept = history && plan.key.length > 0 ? historyTableSql(plan, names) : null;
    return [landedTableSql(plan, names), changeTableSql(plan, names), ...(kept === null ? [] : [kept.table, kept.index])];
  });
  return [`CREATE SCHEMA IF NOT EXISTS ${quote(schema)}`, ...statements].map((statement) => `${statement};\n`).join('\n');
}
