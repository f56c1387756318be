import { LandingSettings } from '#lib/domain/task/task.ts';
import { temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { describeEvents } from '#lib/targets/testing/event-contract.ts';

describeEvents('a DuckDB file', {
  task: {
    method: 'full-load',
    targetId: 'targ_22222222222222222222',
    settings: LandingSettings.parse({ schema: 'hr', whenTableExists: 'append' }),
  },
  create: async () => ({ kind: 'duckdb-file', settings: { path: temporaryFolder() }, secrets: null, builtIn: true }),
});
