import { afterAll } from 'vitest';
import { LOCAL_RULES } from '#lib/targets/testing/local-rules.ts';
import { describeStoreContract } from '#lib/targets/testing/store-contract.ts';
import { openerOf } from './open-container.ts';
import { AzureStorageSecrets, AzureStorageSettings } from './settings.ts';
import { startAzurite } from './testing/azurite.ts';

const azurite = await startAzurite();
afterAll(() => azurite.stop());

describeStoreContract('Azure Storage', async () => {
  const { settings, secrets } = await azurite.target();
  return openerOf({
    ...{ settings: AzureStorageSettings.parse(settings), secrets: AzureStorageSecrets.parse(secrets) },
    ...{ builtIn: false, rules: LOCAL_RULES },
  })('hr', 'users');
});
