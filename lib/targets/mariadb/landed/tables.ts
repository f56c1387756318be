import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { possibleSideTableNames } from '#lib/domain/task/side-tables.ts';
import type { TaskTarget } from '#lib/domain/task/task.ts';
import { planReload } from '#lib/reload/engine/plan.ts';
import { RUN_ID_COLUMN } from '#lib/targets/database/header-columns.ts';
import { dropTableLoadedBeside, findExistingTables, forgetPublished } from '#lib/targets/mariadb/published.ts';
import type { MariadbTarget } from '#lib/targets/mariadb/server.ts';
import { withSession } from '#lib/targets/mariadb/session.ts';
import { findTable } from '#lib/targets/mariadb/table/landed-table.ts';
import { namesOf, quote } from '#lib/targets/mariadb/table/names.ts';
import { tablesSql } from '#lib/targets/mariadb/table/table-ddl.ts';

/**
 * Drops landed tables with those beside them, as far as Entrada made them, and forgets what was published into them. Each table goes for
 * itself: MariaDB cannot take a drop back. Answers the names of what it dropped.
 */
export async function dropTables(
  target: MariadbTarget,
  { schema, tables }: { readonly schema: string; readonly tables: readonly string[] },
  signal: AbortSignal,
): Promise<readonly string[]> {
  return withSession(target, signal, async (session) => {
    const dropped: string[] = [];
    for (const table of tables) {
      const names = namesOf(target.settings, { namespace: schema, table });
      await session.lock(names.besidePrefix);
      await dropTableLoadedBeside(session, names);
      for (const suffix of ['', ...possibleSideTableNames(table).map((name) => name.slice(table.length))]) {
        const name = names.table + suffix;
        const found = await findTable(session, name);
        if (found === null || !found.columns.has(RUN_ID_COLUMN)) continue;
        await session.run(`DROP TABLE ${quote(name)}`);
        dropped.push(name);
      }
      await forgetPublished(session, [names.table]);
    }
    return dropped;
  });
}

/** Makes the tables that a reload of `datasets` would make and that are missing. Answers their names. */
export async function prepareAhead(
  target: MariadbTarget,
  { datasets, task }: { readonly datasets: readonly DatasetDefinition[]; readonly task: TaskTarget },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { datasets: plans } = planReload(datasets, task);
  return withSession(target, signal, async (session) => {
    const made: string[] = [];
    for (const plan of plans) {
      await session.lock(namesOf(target.settings, plan).besidePrefix);
      const tables = tablesSql(target.settings, plan, task);
      const there = new Set(
        await findExistingTables(
          session,
          tables.map(({ name }) => name),
        ),
      );
      for (const { name, statement } of tables.filter((table) => !there.has(table.name))) {
        await session.run(statement);
        made.push(name);
      }
    }
    return made;
  });
}
