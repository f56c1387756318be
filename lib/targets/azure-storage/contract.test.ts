import { afterAll } from 'vitest';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import { LakeSettings } from '#lib/domain/task/task.ts';
import { LOCAL_RULES } from '#lib/targets/testing/local-rules.ts';
import { describeSinkContract } from '#lib/targets/testing/sink-contract.ts';
import { describeStoreContract } from '#lib/targets/testing/store-contract.ts';
import { describeTablesContract } from '#lib/targets/testing/tables-contract.ts';
import { openerOf } from './open-container.ts';
import { AzureStorageSecrets, AzureStorageSettings } from './settings.ts';
import { startAzurite } from './testing/azurite.ts';

const azurite = await startAzurite();
afterAll(() => azurite.stop());

function open({ settings, secrets }: TargetAccess) {
  return openerOf({
    ...{ settings: AzureStorageSettings.parse(settings), secrets: AzureStorageSecrets.parse(secrets) },
    ...{ builtIn: false, rules: LOCAL_RULES },
  });
}

describeStoreContract('Azure Storage', async () => open(await azurite.target())('hr', 'users'));

// The formats are written by what all stores share: `folder` passes each of them.
describeSinkContract('Azure Storage', {
  task: { method: 'reload', targetId: 'targ_33333333333333333333', settings: LakeSettings.parse({ folder: 'hr' }) },
  create: () => azurite.target(),
  rules: LOCAL_RULES,
});

describeTablesContract('Azure Storage', { create: () => azurite.target(), open, rules: LOCAL_RULES, notes: [] });
