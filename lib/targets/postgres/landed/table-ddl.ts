import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { relationsOf, type TaskRelations } from '#lib/domain/task/relations.ts';
import { sideTableName } from '#lib/domain/task/side-tables.ts';
import { type TaskTarget, writesFiles } from '#lib/domain/task/task.ts';
import { type DatasetPlan, planReload } from '#lib/reload/engine/plan.ts';
import { keySql, viewSelect } from '#lib/targets/postgres/publish/relations.ts';
import { namesOf, qualified, quote } from '#lib/targets/postgres/table/landed-table.ts';
import {
  changeTableSql,
  deletedAtSql,
  historyTableSql,
  landedTableSql,
  loadedTableSql,
} from '#lib/targets/postgres/table/table-ddl.ts';

/** A table that a reload creates, and its statements. */
interface TableSql {
  readonly name: string;
  readonly statements: readonly string[];
}

/** The tables of one dataset. */
export function tablesSql(plan: DatasetPlan, task: TaskTarget): readonly TableSql[] {
  if (writesFiles(task)) return [];
  const names = namesOf(plan);
  if (task.method === 'full-load') {
    const { table, key } = loadedTableSql(plan, names.live);
    return [{ name: plan.table, statements: key === null ? [table] : [table, key] }];
  }
  const kept = task.settings.history && plan.key.length > 0 ? historyTableSql(plan, names) : null;
  return [
    { name: plan.table, statements: [landedTableSql(plan, names), ...(task.settings.softDelete ? [deletedAtSql(names)] : [])] },
    { name: sideTableName(plan.table, '__ct'), statements: [changeTableSql(plan, names)] },
    ...(kept === null
      ? []
      : [
          { name: sideTableName(plan.table, '__history'), statements: [kept.table, kept.index] },
          { name: sideTableName(plan.table, '__current'), statements: [kept.view] },
        ]),
  ];
}

/** SQL that creates the tables of a reload of `datasets` in PostgreSQL. Null for a method that creates none. */
export function tableDdl(datasets: readonly DatasetDefinition[], task: TaskTarget): string | null {
  if (writesFiles(task)) return null;
  const { schema } = task.settings;
  const { datasets: plans } = planReload(datasets, task);
  const statements = plans.flatMap((plan) => tablesSql(plan, task).flatMap((table) => table.statements));
  statements.push(...relationsSql(plans, relationsOf(datasets, task), schema));
  return [`CREATE SCHEMA IF NOT EXISTS ${quote(schema)}`, ...statements].map((statement) => `${statement};\n`).join('\n');
}

/** As a run makes them after their tables; PostgreSQL 18 and later has `NOT ENFORCED` in place of `NOT VALID`. */
function relationsSql(plans: readonly DatasetPlan[], relations: TaskRelations, schema: string): readonly string[] {
  const landed = new Map(plans.map(({ table, columns }) => [table, new Set(columns.map(({ name }) => name))]));
  const keys = relations.keys === 'foreign-keys' ? relations.references : [];
  return [
    ...keys.map((reference) => keySql(schema, reference, 'NOT VALID')),
    ...relations.views.map((view) => `CREATE VIEW ${qualified(schema, view.name)} AS\n${viewSelect(schema, view, landed)}`),
  ];
}
