import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { migrate } from '#lib/platform/postgres/migrate.ts';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';

const MIGRATIONS = 'prisma/migrations';
const THIS = '20261129123000_actors';

/** A task and all that it refers to, in the tables of the previous release. */
const TASK = `
  INSERT INTO users (id, email) VALUES ('user_owner', 'owner@contoso.test');
  INSERT INTO secrets (id, kind, envelope, key_id) VALUES ('s1', 'client-secret', 'x', 'k1'), ('s2', 'token-cache', 'x', 'k1');
  INSERT INTO connections (id, name, owner_id, client_id, client_secret_id, token_cache_id, graph_base_url, tenant, cloud, identity, last_verified_at)
    VALUES ('conn_1', 'Contoso', 'user_owner', 'c', 's1', 's2', 'https://graph.contoso.test/v1.0', 't', 'Contoso', '{}', now());
  INSERT INTO targets (id, name, kind) VALUES ('targ_1', 'Lake', 'lake');
  INSERT INTO tasks (id, name, connection_id, target_id, method, place, settings, created_by_id)
    VALUES ('task_1', 'Nightly', 'conn_1', 'targ_1', 'reload', 'x', '{}', 'user_owner')`;

/** A folder with the migrations whose names `isWanted` accepts. */
function migrationsThat(isWanted: (name: string) => boolean): string {
  const folder = mkdtempSync(join(tmpdir(), 'entrada-migrations-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of readdirSync(MIGRATIONS)) {
    if (isWanted(name)) cpSync(join(MIGRATIONS, name), join(folder, name), { recursive: true });
  }
  return folder;
}

/** A database of the previous release with the rows that `sql` inserts, upgraded to the newest migration. */
async function upgraded(sql: string): Promise<pg.Client> {
  const url = await createEmptyDatabase();
  await migrate(
    url,
    migrationsThat((name) => name < THIS),
  );
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query(`${TASK}; ${sql}`);
  const later = readdirSync(MIGRATIONS).filter((name) => name >= THIS && !name.endsWith('.toml'));
  expect(await migrate(url, MIGRATIONS)).toEqual(later.sort());
  return client;
}

test('lines of the audit trail and runs of before keep who it was', async () => {
  const run = (id: string, by: string) =>
    `INSERT INTO runs (id, task_id, method, place, settings, started_by) VALUES ('${id}', 'task_1', 'reload', 'x', '{}', '${by}')`;
  const line = (id: string, actor: string) => `INSERT INTO audit_events (id, actor, action) VALUES ('${id}', '${actor}', 'x')`;
  const client = await upgraded(
    [
      `INSERT INTO users (id, email) VALUES ('user_ada', 'ada@contoso.test')`,
      ...[
        line('1', 'user:user_ada'),
        line('2', 'user:user_gone'),
        line('3', 'cli'),
        line('4', 'setup'),
        line('5', 'job:reload-run'),
      ],
      ...[run('1', 'ada@contoso.test'), run('2', 'gone@contoso.test'), run('3', 'cli'), run('4', 'job:nightly')],
    ].join(';'),
  );
  const read = async (sql: string) => (await client.query({ text: sql, rowMode: 'array' })).rows;
  expect(await read('SELECT actor_kind, actor_id, actor_user_id, actor_name FROM audit_events ORDER BY id')).toEqual([
    ['user', 'user_ada', 'user_ada', 'ada@contoso.test'],
    ['user', 'user_gone', 'user_gone', 'user_gone'],
    ['cli', null, null, 'Command line'],
    ['job', 'setup', null, 'Set-up'],
    ['job', 'reload-run', null, 'Job reload-run'],
  ]);
  expect(await read('SELECT started_by_kind, started_by_id, started_by_user_id, started_by_name FROM runs ORDER BY id')).toEqual([
    ['user', 'user_ada', 'user_ada', 'ada@contoso.test'],
    ['user', null, null, 'gone@contoso.test'],
    ['cli', null, null, 'Command line'],
    ['job', 'nightly', null, 'Job nightly'],
  ]);
});
