import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { TaskTarget } from '#lib/domain/task/task.ts';
import { planReload } from '#lib/reload/engine/plan.ts';
import { type LandingSession, withSession } from '#lib/targets/postgres/landing-session.ts';
import type { PostgresServer } from '#lib/targets/postgres/server.ts';
import { ensureSchema, findTable, grantToReader, lockTable, qualified } from '#lib/targets/postgres/table/landed-table.ts';
import { tablesSql } from './table-ddl.ts';

/**
 * Creates the schema and the missing tables of a reload of `datasets`, each with its additional tables or none of them.
 * Existing tables stay unchanged, also those that Entrada did not create. Returns the created names.
 */
export async function prepareTables(
  server: PostgresServer,
  { datasets, task }: { readonly datasets: readonly DatasetDefinition[]; readonly task: TaskTarget },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { datasets: plans } = planReload(datasets, task);
  return withSession(server, signal, async (session) => {
    const made: string[] = [];
    for (const plan of plans) {
      await ensureSchema(session, plan);
      await lockTable(session, plan);
      const names = await session.transaction(
        () => makeMissing(session, plan.namespace, tablesSql(plan, task)),
        async () => null,
      );
      made.push(...names);
    }
    return made;
  });
}

async function makeMissing(
  session: LandingSession,
  schema: string,
  tables: ReturnType<typeof tablesSql>,
): Promise<readonly string[]> {
  const made: string[] = [];
  for (const { name, statements } of tables) {
    if ((await findTable(session, schema, name)) !== null) continue;
    for (const statement of statements) await session.run(statement);
    await grantToReader(session, qualified(schema, name));
    made.push(name);
  }
  return made;
}
