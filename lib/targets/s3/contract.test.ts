import { afterAll, expect } from 'vitest';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import { LakeSettings } from '#lib/domain/task/task.ts';
import { LOCAL_RULES } from '#lib/targets/testing/local-rules.ts';
import { describeSinkContract } from '#lib/targets/testing/sink-contract.ts';
import { describeStoreContract } from '#lib/targets/testing/store-contract.ts';
import { describeTablesContract } from '#lib/targets/testing/tables-contract.ts';
import { openerOf } from './open-s3.ts';
import { S3Secrets, S3Settings } from './settings.ts';
import { startS3Server } from './testing/s3-server.ts';

function open({ settings, secrets }: TargetAccess) {
  const parsed = { settings: S3Settings.parse(settings), secrets: S3Secrets.parse(secrets) };
  return openerOf({ ...parsed, builtIn: false, rules: LOCAL_RULES });
}

for (const conditional of [true, false]) {
  const server = await startS3Server({ conditional });
  afterAll(() => server.stop());
  const name = `S3 ${conditional ? 'with' : 'without'} conditional writes`;
  const create = async () => server.target();
  describeStoreContract(name, async () => open(server.target())('hr', 'users'));
  const notes = conditional ? [] : [expect.stringContaining('Let only Entrada write')];
  describeTablesContract(name, { create, open, rules: LOCAL_RULES, notes });
  // The formats are written by what all stores share: `folder` passes each of them.
  if (conditional) continue;
  describeSinkContract('S3', {
    task: { method: 'reload', targetId: 'targ_33333333333333333333', settings: LakeSettings.parse({ folder: 'hr' }) },
    create,
    rules: LOCAL_RULES,
  });
}
