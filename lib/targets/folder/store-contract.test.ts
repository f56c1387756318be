import { temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { describeStoreContract } from '#lib/targets/testing/store-contract.ts';
import { createLocalStore } from './local-store.ts';

describeStoreContract('a local folder', async () => createLocalStore(temporaryFolder()));
