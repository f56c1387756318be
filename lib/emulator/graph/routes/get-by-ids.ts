import { z } from 'zod';
import { accessDenied, badRequest } from '#lib/emulator/graph/error-response.ts';
import type { ListResource, ResourceRequest } from '#lib/emulator/graph/resources/resource.ts';
import { fixed } from '#lib/emulator/graph/resources/resource-makers.ts';
import type { Row } from '#lib/emulator/tenant/collection.ts';
import { REF_TYPES } from '#lib/emulator/tenant/generate/groups.ts';

const IDS_MAX = 1000;
const Body = z.object({ ids: z.array(z.string()), types: z.array(z.string()).nullish() });

/** Graph documents Directory.Read.All; a token with other permissions gets the types that it may read. */
const PERMISSIONS = ['Directory.Read.All', 'User.Read.All', 'Group.Read.All', 'Application.Read.All', 'Device.Read.All'];

/**
 * `POST directoryObjects/getByIds`: the existing objects, in the requested order (Graph doc "directoryObject: getByIds").
 * @throws GraphFault
 */
export function getByIds({ tenant, can }: ResourceRequest, body: Uint8Array): ListResource {
  if (!can(PERMISSIONS)) throw accessDenied();
  const { ids, types } = readBody(body);
  const wanted = REF_TYPES.filter(
    (type) => types == null || types.some((name) => /^directoryObject$/i.test(name) || same(name, type)),
  );
  const found = ids.flatMap((id): Row[] => {
    for (const type of wanted) {
      const row = tenant.directory.resolveId(type, id);
      if (row !== null) return [row];
    }
    return [];
  });
  return fixed('directoryObject', found, null);
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function readBody(body: Uint8Array): z.infer<typeof Body> {
  let parsed: z.infer<typeof Body>;
  try {
    parsed = Body.parse(JSON.parse(Buffer.from(body).toString('utf8')));
  } catch (cause) {
    const fault = badRequest('The request body is not valid: a collection "ids" is expected.');
    fault.cause = cause;
    throw fault;
  }
  if (parsed.ids.length > IDS_MAX) throw badRequest(`Too many ids: ${parsed.ids.length}. Max allowed: ${IDS_MAX}.`);
  return parsed;
}
