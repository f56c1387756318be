import { possibleSideTableNames } from '#lib/domain/task/side-tables.ts';
import { RUN_ID_COLUMN } from '#lib/targets/database/header-columns.ts';
import { type LandingSession, withSession } from '#lib/targets/postgres/landing-session.ts';
import { dropRelations } from '#lib/targets/postgres/publish/relations.ts';
import type { PostgresServer } from '#lib/targets/postgres/server.ts';
import {
  type FoundTable,
  findTable,
  lockTable,
  qualified,
  STAGING_SCHEMA,
  tableExists,
} from '#lib/targets/postgres/table/landed-table.ts';

/**
 * Drops landed tables with their additional tables (changes, history, rejected rows), all or none, and deletes the record of what was published
 * into them. Keeps a table that Entrada did not create. Waits for a run that is publishing into one of them. Returns the dropped names.
 */
export async function dropTables(
  server: PostgresServer,
  { schema, tables }: { readonly schema: string; readonly tables: readonly string[] },
  signal: AbortSignal,
): Promise<readonly string[]> {
  return withSession(server, signal, async (session) => {
    for (const table of tables) await lockTable(session, { namespace: schema, table });
    return session.transaction(
      () => dropAll(session, schema, tables),
      async () => null,
    );
  });
}

async function dropAll(session: LandingSession, schema: string, tables: readonly string[]): Promise<readonly string[]> {
  const dropped: string[] = [];
  const found = new Map<string, FoundTable>();
  for (const name of tables.flatMap((table) => [table, ...possibleSideTableNames(table)])) {
    const table = await findTable(session, schema, name);
    if (table?.columns.has(RUN_ID_COLUMN) === true) found.set(name, table);
  }
  for (const table of tables) await dropRelations(session, schema, table);
  // A view of ours depends on a table of ours.
  const inOrder = [...found].sort(([, one], [, other]) => Number(other.isView) - Number(one.isView));
  for (const [name, { isView }] of inOrder) {
    await session.run(`DROP ${isView ? 'VIEW' : 'TABLE'} IF EXISTS ${qualified(schema, name)}`);
    dropped.push(name);
  }
  if (await tableExists(session, `${STAGING_SCHEMA}.published`)) {
    await session.query(`DELETE FROM ${STAGING_SCHEMA}.published WHERE schema_name = $1 AND dataset = ANY($2)`, [schema, tables]);
  }
  return dropped;
}
