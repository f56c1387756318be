import { denied } from './graph-fault.ts';
import { EXTENSION_PROPERTY } from './membership-routes.ts';
import type { Listing, ResourceRequest } from './resource.ts';
import { fixed } from './resource-makers.ts';

/** Reading any type of object that can be extended lets its extensions be seen; Directory.Read.All all of them. */
const PERMISSIONS = ['Directory.Read.All', 'Application.Read.All', 'User.Read.All', 'Group.Read.All', 'Device.Read.All'];

/** `POST directoryObjects/getAvailableExtensionProperties` (Graph doc of that name): directory extensions of all applications. */
export function availableExtensionProperties({ can }: ResourceRequest): Listing {
  if (!can(PERMISSIONS)) throw denied();
  return fixed('extensionProperty', [EXTENSION_PROPERTY], null);
}
