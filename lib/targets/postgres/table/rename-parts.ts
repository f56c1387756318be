import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { LandingSession } from '#lib/targets/postgres/landing-session.ts';
import { namesOf, quote } from './landed-table.ts';

/**
 * Within the publishing transaction, after the loaded table was renamed to the landed one: renames its constraints and indexes, which PostgreSQL
 * named after the staging table.
 */
export async function renameParts(session: LandingSession, plan: DatasetPlan): Promise<void> {
  const { live, schema, stagingName } = namesOf(plan);
  const prefix = `${stagingName('new')}_`;
  const early = `${stagingName('early')}_`;
  const { rows } = await session.query<{ name: string; kind: string }>(
    `SELECT conname AS name, 'constraint' AS kind FROM pg_constraint WHERE conrelid = $1::regclass
     UNION ALL SELECT c.relname, 'index' FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = $1::regclass
       AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid)`,
    [live],
  );
  for (const { name, kind } of rows) {
    const made = [prefix, early].find((start) => name.startsWith(start));
    if (made === undefined) continue;
    const wanted = quote(`${plan.table}_${name.slice(made.length)}`);
    await session.run(
      kind === 'index'
        ? `ALTER INDEX ${schema}.${quote(name)} RENAME TO ${wanted}`
        : `ALTER TABLE ${live} RENAME CONSTRAINT ${quote(name)} TO ${wanted}`,
    );
  }
}
