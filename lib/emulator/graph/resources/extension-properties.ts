import { accessDenied } from '#lib/emulator/graph/error-response.ts';
import { SECOND_EXTENSION_NAME } from '#lib/emulator/graph/faults/rows.ts';
import type { GraphFaultSettings } from '#lib/emulator/graph/faults.ts';
import { EXTENSION_PROPERTY } from '#lib/emulator/graph/routes/membership-routes.ts';
import type { ListResource, ResourceRequest } from './resource.ts';
import { fixed } from './resource-makers.ts';

/** Permission to read any extensible type reveals its extensions; Directory.Read.All reveals all. */
const PERMISSIONS = ['Directory.Read.All', 'Application.Read.All', 'User.Read.All', 'Group.Read.All', 'Device.Read.All'];

/** `POST directoryObjects/getAvailableExtensionProperties` (Graph doc of that name): directory extensions of all applications. */
export function availableExtensionProperties(
  { can }: ResourceRequest,
  { twoSpellings = false }: GraphFaultSettings,
): ListResource {
  if (!can(PERMISSIONS)) throw accessDenied();
  const second = { ...EXTENSION_PROPERTY, id: '8f0bd0ab-1cf5-4b0e-9a2f-61c7e4d98b13', name: SECOND_EXTENSION_NAME };
  return fixed('extensionProperty', twoSpellings ? [EXTENSION_PROPERTY, second] : [EXTENSION_PROPERTY], null);
}
