import { expect, it } from 'vitest';
import { LandingSettings, type TaskTarget } from '#lib/domain/task/task.ts';
import { serverOfUrl } from '#lib/targets/postgres/server.ts';
import { ann, bob, counts, createLanding, USERS } from '#lib/targets/postgres/testing/landing.ts';
import { dropTables } from './drop-tables.ts';
import { prepareTables } from './prepare-tables.ts';

const signal = new AbortController().signal;
const HISTORY: TaskTarget = {
  method: 'reload-and-compare',
  targetId: 'targ_22222222222222222222',
  settings: LandingSettings.parse({ schema: 'hr', history: true }),
};

it('drops what was landed with the tables beside it, leaves tables of others, and a run begins anew', async () => {
  const landing = await createLanding();
  await landing.reload({ runId: 'run_1', rows: [ann, bob], settings: { history: true } });
  await landing.client.query('CREATE TABLE hr.groups (id text)');
  const wanted = { schema: 'hr', tables: [USERS.name, 'groups', 'never_there'] };
  expect(await dropTables(serverOfUrl(landing.url), wanted, signal)).toEqual([
    'users__current',
    'users',
    'users__ct',
    'users__history',
  ]);
  expect(await landing.rows("SELECT relname FROM pg_class WHERE relnamespace = 'hr'::regnamespace AND relkind = 'r'")).toEqual([
    { relname: 'groups' },
  ]);
  expect(counts(await landing.reload({ runId: 'run_2', rows: [ann] }))).toEqual(['done', null, 1, 1, 0, 0, 0]);
});

it('makes the tables that are missing, which a run then fills; again it makes nothing', async () => {
  const landing = await createLanding();
  const wanted = { datasets: [USERS], task: HISTORY };
  const prepare = () => prepareTables(serverOfUrl(landing.url), wanted, signal);
  expect(await prepare()).toEqual(['users', 'users__ct', 'users__history', 'users__current']);
  expect(await prepare()).toEqual([]);
  const first = await landing.reload({ runId: 'run_1', rows: [ann, bob], settings: { history: true } });
  expect(counts(first)).toEqual(['done', null, 2, 2, 0, 0, 0]);
  expect(await landing.rows('SELECT count(*)::int AS rows FROM hr.users__history')).toEqual([{ rows: 2 }]);
});
