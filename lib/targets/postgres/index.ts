import type { TaskTarget } from '#lib/domain/task/task.ts';
import { landingSettings } from '#lib/targets/database/landing-settings.ts';
import { defineTarget } from '#lib/targets/define-target.ts';
import { requireEntraApplication } from '#lib/targets/entra-settings.ts';
import { hostInAddress } from '#lib/targets/server-settings.ts';
import { createCompareSink } from './compare/reload-and-compare.ts';
import { createFullLoadSink } from './full-load/full-load.ts';
import { dropTables } from './landed/drop-tables.ts';
import { prepareTables } from './landed/prepare-tables.ts';
import { readTableChanges } from './landed/read-changes.ts';
import { readTableRows } from './landed/read-rows.ts';
import { tableDdl } from './landed/table-ddl.ts';
import { roleSql } from './rights.ts';
import { readingServerOf, serverOf } from './server.ts';
import { POSTGRES_FIELDS, PostgresPassword, PostgresSecrets, PostgresSettings } from './settings.ts';
import { POSTGRES_TYPE } from './table/types.ts';
import { testPostgres } from './test-postgres.ts';

/** Tables of a PostgreSQL database. */
export const postgres = defineTarget({
  kind: 'postgres',
  title: 'PostgreSQL',
  summary: 'Tables in a PostgreSQL database, version 12 or later.',
  methods: ['reload-and-compare', 'full-load'],
  capabilities: {
    atomicSwap: true,
    merge: true,
    files: false,
    conditionalPut: false,
    softDelete: true,
    together: 'at-once',
    relations: true,
  },
  fields: POSTGRES_FIELDS,
  types: POSTGRES_TYPE,
  settings: PostgresSettings,
  secrets: PostgresSecrets,
  enteredSecrets: PostgresPassword,
  requireWhole({ settings, secrets }, missing) {
    const { signIn, tls } = settings;
    if ('url' in secrets) return;
    if (signIn === 'password' && secrets.password === '') missing('secrets.password', 'Enter the password.');
    if (signIn === 'password') return;
    // Who gets a token may use it at every database that takes the identity.
    if (!tls.startsWith('verify-'))
      missing('settings.tls', 'Entrada sends a token only to a server whose certificate it verifies.');
    requireEntraApplication({ ...settings, ...secrets }, missing);
  },
  reach: ({ host, port }) => ({ host, port }),
  location: ({ host, port, database }) => `${host}:${port}/${database}`,
  address: ({ host, port, database }, schema) => `postgres://${hostInAddress(host)}:${port}/${database}/${schema}`,
  test: testPostgres,
  createSink(target, task, relations) {
    const create = task.method === 'full-load' ? createFullLoadSink : createCompareSink;
    return create(serverOf(target), settingsOf(task), relations);
  },
  readRows: (target, task, dataset, page) => readTableRows(readingServerOf(target), settingsOf(task).schema, dataset, page),
  readChanges: async (target, task, dataset, filter) =>
    task.method === 'reload-and-compare'
      ? readTableChanges(readingServerOf(target), settingsOf(task).schema, dataset, filter)
      : { changes: [], total: 0 },
  ddl: tableDdl,
  roleSql,
  drop: (target, task, tables, signal) => dropTables(serverOf(target), { schema: settingsOf(task).schema, tables }, signal),
  prepare: (target, task, datasets, signal) => prepareTables(serverOf(target), { datasets, task }, signal),
});

const settingsOf = (task: TaskTarget) => landingSettings(task, 'PostgreSQL');
