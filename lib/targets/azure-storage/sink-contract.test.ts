import { afterAll } from 'vitest';
import { LakeSettings } from '#lib/domain/task/task.ts';
import { LOCAL_RULES } from '#lib/targets/testing/local-rules.ts';
import { describeSinkContract } from '#lib/targets/testing/sink-contract.ts';
import { startAzurite } from './testing/azurite.ts';

const azurite = await startAzurite();
afterAll(() => azurite.stop());

// All stores share the code for formats: `folder` tests each of them.
describeSinkContract('Azure Storage', {
  task: { method: 'reload', targetId: 'targ_33333333333333333333', settings: LakeSettings.parse({ folder: 'hr' }) },
  create: () => azurite.target(),
  rules: LOCAL_RULES,
});
