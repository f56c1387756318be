import { LakeSettings } from '#lib/domain/task/task.ts';
import { temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { localLake } from '#lib/targets/built-in.ts';
import { describeEvents } from '#lib/targets/testing/event-contract.ts';

for (const more of [{ format: 'csv' }, { tables: 'delta-and-iceberg' }])
  describeEvents(`a local folder, ${Object.values(more).join(' ')}`, {
    task: { method: 'reload', targetId: 'targ_33333333333333333333', settings: LakeSettings.parse({ folder: 'hr', ...more }) },
    create: async () => localLake(temporaryFolder()),
  });
