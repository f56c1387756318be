import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { describe, onTestFinished } from 'vitest';
import { LandingSettings } from '#lib/domain/task/task.ts';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';
import { landingDatabase } from '#lib/targets/built-in.ts';
import { describeSinkContract } from '#lib/targets/testing/sink-contract.ts';

const targetId = 'targ_22222222222222222222';
const settings = (more: Partial<LandingSettings> = {}) => LandingSettings.parse({ schema: 'hr', ...more });

function describeMethods(name: string, create: () => Promise<string>): void {
  const target = { create: async () => landingDatabase(await create()) };
  describeSinkContract(`${name}, Reload and compare`, {
    task: { method: 'reload-and-compare', targetId, settings: settings({ history: true }) },
    ...target,
  });
  describeSinkContract(`${name}, Full load by drop and create`, {
    task: { method: 'full-load', targetId, settings: settings() },
    ...target,
  });
  describeSinkContract(`${name}, Full load by truncate`, {
    task: { method: 'full-load', targetId, settings: settings({ whenTableExists: 'truncate' }) },
    ...target,
  });
}

describeMethods('PostgreSQL', createEmptyDatabase);

/** A superuser of a server of another major version than the one of the tests; without it that is left out. */
const other = process.env['ENTRADA_TEST_POSTGRES_URL'];
describe.skipIf(other === undefined)('ENTRADA_TEST_POSTGRES_URL', () => {
  describeMethods('PostgreSQL of another version', async () => {
    const name = `test_${randomBytes(8).toString('hex')}`;
    await asAdmin(`CREATE DATABASE ${name} TEMPLATE template0`);
    onTestFinished(() => asAdmin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    const url = new URL(other ?? '');
    url.pathname = `/${name}`;
    return url.toString();
  });
});

async function asAdmin(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: other });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
