import type { TaskTarget } from '#lib/domain/task/task.ts';
import { landingSettings } from '#lib/targets/database/landing-settings.ts';
import { defineTarget } from '#lib/targets/define-target.ts';
import { hostInAddress } from '#lib/targets/server-settings.ts';
import { createCompareSink } from './compare/reload-and-compare.ts';
import { createFullLoadSink } from './full-load/full-load.ts';
import { readTableChanges } from './landed/read-changes.ts';
import { readTableRows } from './landed/read-rows.ts';
import { dropTables, prepareAhead } from './landed/tables.ts';
import { roleSql } from './rights.ts';
import { MARIADB_FIELDS, MariadbSecrets, MariadbSettings } from './settings.ts';
import { prefixOf } from './table/names.ts';
import { tableDdl } from './table/table-ddl.ts';
import { MARIADB_TYPE } from './table/types.ts';
import { testMariadb } from './test-mariadb.ts';

/** Tables of a MariaDB database. */
export const mariadb = defineTarget({
  kind: 'mariadb',
  title: 'MariaDB',
  summary: 'Tables in a MariaDB database, version 10.11 or later.',
  methods: ['reload-and-compare', 'full-load'],
  capabilities: {
    atomicSwap: true,
    merge: true,
    softDelete: false,
    together: 'no',
    relations: false,
    files: false,
    conditionalPut: false,
  },
  fields: MARIADB_FIELDS,
  types: MARIADB_TYPE,
  settings: MariadbSettings,
  secrets: MariadbSecrets,
  reach: ({ host, port }) => ({ host, port }),
  location: ({ host, port, database }) => `${host}:${port}/${database}`,
  // Schemas are prefixes of names: without one in the prefix, all schemas have the same tables.
  address: ({ host, port, database, prefix }, schema) =>
    `mariadb://${hostInAddress(host)}:${port}/${database}/${prefixOf({ prefix }, schema)}`,
  roleSql,
  test: testMariadb,
  createSink(target, task) {
    const create = task.method === 'full-load' ? createFullLoadSink : createCompareSink;
    return create(target, settingsOf(task));
  },
  readRows: (target, task, dataset, page) => readTableRows(target, settingsOf(task).schema, dataset, page),
  readChanges: async (target, task, dataset, filter) =>
    task.method === 'reload-and-compare'
      ? readTableChanges(target, settingsOf(task).schema, dataset, filter)
      : { changes: [], total: 0 },
  ddl: tableDdl,
  drop: (target, task, tables, signal) => dropTables(target, { schema: settingsOf(task).schema, tables }, signal),
  prepare: (target, task, datasets, signal) => prepareAhead(target, { datasets, task }, signal),
});

const settingsOf = (task: TaskTarget) => landingSettings(task, 'MariaDB');
