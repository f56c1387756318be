import { LakeSettings } from '#lib/domain/task/task.ts';
import { temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { localLake } from '#lib/targets/built-in.ts';
import { describeSinkContract } from '#lib/targets/testing/sink-contract.ts';

for (const format of ['parquet', 'csv', 'jsonl'] as const) {
  const settings = LakeSettings.parse({ folder: 'hr', format });
  describeSinkContract(`a local folder, ${format}`, {
    task: { method: 'reload', targetId: 'targ_33333333333333333333', settings },
    create: async () => localLake(temporaryFolder()),
  });
}
