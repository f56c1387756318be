import { defineTarget } from '#lib/targets/define-target.ts';
import { requireEntraApplication } from '#lib/targets/entra-settings.ts';
import { LAKE_CAPABILITIES, lakeTarget } from '#lib/targets/lake/lake-target.ts';
import { testStore } from '#lib/targets/lake/test-store.ts';
import { reachOf } from '#lib/targets/target.ts';
import { endpointOf, locationOf } from './addresses.ts';
import { openerOf } from './open-container.ts';
import { AZURE_STORAGE_FIELDS, AzureStorageSecrets, AzureStorageSettings } from './settings.ts';

/** A container of Azure Storage (flat or with a hierarchical namespace) or a workspace of OneLake. */
export const azureStorage = defineTarget({
  kind: 'azure-storage',
  title: 'Azure Storage and OneLake',
  summary: 'Parquet, CSV or JSON lines in Azure Blob Storage, Azure Data Lake Storage Gen2 or Microsoft Fabric OneLake.',
  capabilities: LAKE_CAPABILITIES,
  fields: AZURE_STORAGE_FIELDS,
  settings: AzureStorageSettings,
  secrets: AzureStorageSecrets,
  requireWhole({ settings, secrets }, missing) {
    const { signIn } = settings;
    if (signIn === 'account-key' && secrets.accountKey === '') missing('secrets.accountKey', 'Enter the account key.');
    if (signIn === 'sas' && secrets.sas === '') missing('secrets.sas', 'Enter the shared access signature.');
    requireEntraApplication({ ...settings, ...secrets }, missing);
  },
  reach: (settings) => reachOf(endpointOf(settings)),
  location: (settings) => locationOf(settings),
  address: (settings, namespace) => locationOf(settings, namespace),
  test: (target, signal) => testStore(() => openerOf(target)(), signal),
  ...lakeTarget('Azure Storage', openerOf),
});
