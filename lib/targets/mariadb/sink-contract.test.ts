import { afterAll, beforeAll, describe } from 'vitest';
import { LandingSettings } from '#lib/domain/task/task.ts';
import { describeDrift } from '#lib/targets/testing/drift-contract.ts';
import { describeEvents } from '#lib/targets/testing/event-contract.ts';
import { LOCAL_RULES } from '#lib/targets/testing/local-rules.ts';
import { describeSinkContract } from '#lib/targets/testing/sink-contract.ts';
import { findMariadbd, type MariadbServer, startMariadb } from './testing/mariadb-server.ts';

const mariadbd = findMariadbd();
if (mariadbd === null) process.stdout.write('No mariadbd was found (PATH, ENTRADA_TEST_MARIADB): MariaDB is not tested.\n');

describe.skipIf(mariadbd === null)('MariaDB', () => {
  let server: MariadbServer;
  beforeAll(async () => {
    server = await startMariadb(mariadbd ?? '');
  }, 180_000);
  afterAll(() => server.stop());

  const targetId = 'targ_22222222222222222222';
  const create = async () => server.access(await server.createDatabase());
  const settings = (more: Partial<LandingSettings> = {}) => LandingSettings.parse({ schema: 'hr', ...more });
  describeSinkContract('Reload and compare', {
    ...{ create, rules: LOCAL_RULES },
    task: { method: 'reload-and-compare', targetId, settings: settings({ history: true }) },
  });
  describeDrift('Reload and compare', {
    ...{ create, rules: LOCAL_RULES, table: 'stays' },
    task: { method: 'reload-and-compare', targetId, settings: settings({ history: true, deleteShareMax: 1 }) },
  });
  describeDrift('Full load by drop and create', {
    ...{ create, rules: LOCAL_RULES, table: 'anew' },
    task: { method: 'full-load', targetId, settings: settings() },
  });
  describeEvents('Reload and compare', {
    ...{ create, rules: LOCAL_RULES },
    task: { method: 'reload-and-compare', targetId, settings: settings({ history: true }) },
  });
  describeEvents('Full load', {
    ...{ create, rules: LOCAL_RULES },
    task: { method: 'full-load', targetId, settings: settings() },
  });
  describeSinkContract('Full load by drop and create', {
    ...{ create, rules: LOCAL_RULES },
    task: { method: 'full-load', targetId, settings: settings() },
  });
  describeSinkContract('Full load by truncate', {
    ...{ create, rules: LOCAL_RULES },
    task: { method: 'full-load', targetId, settings: settings({ whenTableExists: 'truncate' }) },
  });
});
