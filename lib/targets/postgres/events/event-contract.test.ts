import { LandingSettings } from '#lib/domain/task/task.ts';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';
import { landingDatabase } from '#lib/targets/built-in.ts';
import { describeEvents } from '#lib/targets/testing/event-contract.ts';

const targetId = 'targ_22222222222222222222';
const create = async () => landingDatabase(await createEmptyDatabase());

describeEvents('PostgreSQL, Reload and compare', {
  task: { method: 'reload-and-compare', targetId, settings: LandingSettings.parse({ schema: 'hr', history: true }) },
  create,
});
describeEvents('PostgreSQL, Full load', {
  task: { method: 'full-load', targetId, settings: LandingSettings.parse({ schema: 'hr' }) },
  create,
});
