import { LakeCompareSettings, LakeSettings, LandingSettings } from '#lib/domain/task/task.ts';
import { temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { localLake } from '#lib/targets/built-in.ts';
import { describeDrift } from '#lib/targets/testing/drift-contract.ts';

const targetId = 'targ_22222222222222222222';
const create = async () => localLake(temporaryFolder());
const lake = { folder: 'f', tables: 'delta-and-iceberg' };

describeDrift('Reload to Parquet files', {
  ...{ create, table: 'anew' },
  task: { method: 'reload', targetId, settings: LakeSettings.parse({ folder: 'f' }) },
});
describeDrift('Reload and compare of Delta and Iceberg tables', {
  ...{ create, table: 'stays' },
  task: { method: 'reload-and-compare-files', targetId, settings: LakeCompareSettings.parse({ ...lake, deleteShareMax: 1 }) },
});
const duckdb = async () =>
  ({ kind: 'duckdb-file', settings: { path: temporaryFolder() }, secrets: null, builtIn: true }) as const;
describeDrift('Full load to a DuckDB file by truncate', {
  ...{ create: duckdb, table: 'stays' },
  task: { method: 'full-load', targetId, settings: LandingSettings.parse({ schema: 'hr', whenTableExists: 'truncate' }) },
});
describeDrift('Full load to a DuckDB file by append', {
  ...{ create: duckdb, table: 'stays', appends: true },
  task: { method: 'full-load', targetId, settings: LandingSettings.parse({ schema: 'hr', whenTableExists: 'append' }) },
});
