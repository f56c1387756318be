import { afterAll } from 'vitest';
import { LOCAL_RULES } from '#lib/targets/testing/local-rules.ts';
import { describeStoreContract } from '#lib/targets/testing/store-contract.ts';
import { openerOf } from './open-s3.ts';
import { S3Secrets, S3Settings } from './settings.ts';
import { startS3Server } from './testing/s3-server.ts';

for (const conditional of [true, false]) {
  const server = await startS3Server({ conditional });
  afterAll(() => server.stop());
  describeStoreContract(`S3 ${conditional ? 'with' : 'without'} conditional writes`, async () => {
    const { settings, secrets } = server.target();
    const target = {
      settings: S3Settings.parse(settings),
      secrets: S3Secrets.parse(secrets),
      builtIn: false,
      rules: LOCAL_RULES,
    };
    return openerOf(target)('hr', 'users');
  });
}
