import { afterAll } from 'vitest';
import { LakeSettings } from '#lib/domain/task/task.ts';
import { LOCAL_RULES } from '#lib/targets/testing/local-rules.ts';
import { describeSinkContract } from '#lib/targets/testing/sink-contract.ts';
import { startS3Server } from './testing/s3-server.ts';

const server = await startS3Server();
afterAll(() => server.stop());

// All stores share the code for formats: `folder` tests each of them.
describeSinkContract('S3', {
  task: { method: 'reload', targetId: 'targ_33333333333333333333', settings: LakeSettings.parse({ folder: 'hr' }) },
  create: async () => server.target(),
  rules: LOCAL_RULES,
});
