import { LandingSettings } from '#lib/domain/task/task.ts';
import { temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { describeSinkContract } from '#lib/targets/testing/sink-contract.ts';

describeSinkContract('a DuckDB file', {
  task: { method: 'full-load', targetId: 'targ_22222222222222222222', settings: LandingSettings.parse({ schema: 'hr' }) },
  create: async () => ({ kind: 'duckdb-file', settings: { path: temporaryFolder() }, secrets: null, builtIn: true }),
});
