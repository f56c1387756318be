import { LandingSettings } from '#lib/domain/task/task.ts';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';
import { landingDatabase } from '#lib/targets/built-in.ts';
import { describeSinkContract } from '#lib/targets/testing/sink-contract.ts';

const targetId = 'targ_22222222222222222222';
const settings = (more: Partial<LandingSettings> = {}) => LandingSettings.parse({ schema: 'hr', ...more });
const create = async () => landingDatabase(await createEmptyDatabase());

describeSinkContract('PostgreSQL, Reload and compare', {
  task: { method: 'reload-and-compare', targetId, settings: settings({ history: true }) },
  create,
});
describeSinkContract('PostgreSQL, Full load by drop and create', {
  task: { method: 'full-load', targetId, settings: settings() },
  create,
});
describeSinkContract('PostgreSQL, Full load by truncate', {
  task: { method: 'full-load', targetId, settings: settings({ whenTableExists: 'truncate' }) },
  create,
});
