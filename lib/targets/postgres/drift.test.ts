import { LandingSettings } from '#lib/domain/task/task.ts';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';
import { landingDatabase } from '#lib/targets/built-in.ts';
import { describeDrift } from '#lib/targets/testing/drift-contract.ts';

const targetId = 'targ_22222222222222222222';
const create = async () => landingDatabase(await createEmptyDatabase());
const settings = (more: object = {}) => LandingSettings.parse({ schema: 'hr', ...more });

describeDrift('Reload and compare', {
  ...{ create, table: 'stays' },
  task: { method: 'reload-and-compare', targetId, settings: settings({ history: true, deleteShareMax: 1 }) },
});
describeDrift('Full load by drop and create', {
  ...{ create, table: 'anew' },
  task: { method: 'full-load', targetId, settings: settings() },
});
describeDrift('Full load by append', {
  ...{ create, table: 'stays', appends: true },
  task: { method: 'full-load', targetId, settings: settings({ whenTableExists: 'append' }) },
});
