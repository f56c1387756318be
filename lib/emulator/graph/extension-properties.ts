import { EXTENSION, EXTENSION_APP_ID } from '../tenant/company.ts';
import { denied } from './graph-fault.ts';
import type { Listing, ResourceRequest } from './resource.ts';
import { fixed } from './resource-makers.ts';

/** Reading any type of object that can be extended lets its extensions be seen; Directory.Read.All all of them. */
const PERMISSIONS = ['Directory.Read.All', 'Application.Read.All', 'User.Read.All', 'Group.Read.All', 'Device.Read.All'];

/** `POST directoryObjects/getAvailableExtensionProperties` (Graph doc of that name): directory extensions of all applications. */
export function availableExtensionProperties({ can }: ResourceRequest): Listing {
  if (!can(PERMISSIONS)) throw denied();
  const row = {
    id: '8f0bd0ab-1cf5-4b0e-9a2f-61c7e4d98b12',
    deletedDateTime: null,
    appDisplayName: `People directory (${EXTENSION_APP_ID.slice(0, 8)})`,
    dataType: 'String',
    isMultiValued: false,
    isSyncedFromOnPremises: false,
    name: EXTENSION,
    targetObjects: ['User'],
  };
  return fixed('extensionProperty', [row], null);
}
