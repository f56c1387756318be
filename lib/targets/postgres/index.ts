import { type TaskTarget, writesFiles } from '#lib/domain/task/task.ts';
import { isLoopbackHost } from '#lib/platform/http/addresses.ts';
import { defineTarget } from '#lib/targets/define-target.ts';
import { methodNotTaken } from '#lib/targets/method-not-taken.ts';
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
  requireWhole({ settings: { signIn, tls, tenantId, clientId }, secrets }, missing) {
    if ('url' in secrets) return;
    if (signIn === 'password' && secrets.password === '') missing('secrets.password', 'Enter the password.');
    if (signIn === 'password') return;
    // Who gets a token may use it at every database that takes the identity.
    if (!tls.startsWith('verify-'))
      missing('settings.tls', 'Entrada sends a token only to a server whose certificate it verifies.');
    if (signIn === 'managed-identity') return;
    if (tenantId === '') missing('settings.tenantId', 'Enter the tenant.');
    if (clientId === '') missing('settings.clientId', 'Enter the client ID of the application.');
    if (signIn === 'client-secret' && secrets.clientSecret === '') missing('secrets.clientSecret', 'Enter the client secret.');
    if (signIn === 'client-certificate' && !secrets.certificatePem.includes('PRIVATE KEY'))
      missing('secrets.certificatePem', 'Paste the certificate and its private key in PEM form.');
  },
  reach: ({ host, port }) => ({ host, port }),
  location: ({ host, port, database }) => `${host}:${port}/${database}`,
  address: ({ host, port, database }, schema) =>
    `postgres://${isLoopbackHost(host.toLowerCase()) ? 'localhost' : host.toLowerCase()}:${port}/${database}/${schema}`,
  test: testPostgres,
  createSink(target, task, relations) {
    if (writesFiles(task)) throw methodNotTaken('PostgreSQL', task.method);
    const create = task.method === 'full-load' ? createFullLoadSink : createCompareSink;
    return create(serverOf(target), task.settings, relations);
  },
  readRows: (target, task, dataset, page) => readTableRows(readingServerOf(target), schemaOf(task), dataset, page),
  readChanges: async (target, task, dataset, filter) =>
    task.method === 'reload-and-compare'
      ? readTableChanges(readingServerOf(target), schemaOf(task), dataset, filter)
      : { changes: [], total: 0 },
  ddl: tableDdl,
  roleSql,
  drop: (target, task, tables, signal) => dropTables(serverOf(target), { schema: schemaOf(task), tables }, signal),
  prepare: (target, task, datasets, signal) => prepareTables(serverOf(target), { datasets, task }, signal),
});

function schemaOf(task: TaskTarget): string {
  if (writesFiles(task)) throw methodNotTaken('PostgreSQL', task.method);
  return task.settings.schema;
}
