import { EnvelopeError, envelopeKeyId, type KeyRing, open, seal } from '#lib/platform/crypto/crypto.ts';
import type { Db } from '#lib/platform/postgres/db.ts';

/** A sealed payload opens as this command's only. */
export const aadOfCommand = (commandId: string) => `gateway-command/${commandId}`;

/** Seals the payloads of all commands with the first key of the ring, so that a run that is under way outlives the older keys. Returns how many. */
export async function resealCommands(db: Db, ring: KeyRing): Promise<number> {
  let resealed = 0;
  for (const { id, payload } of await db.gatewayCommand.findMany({ select: { id: true, payload: true } })) {
    const anew = sealAnew(ring, payload, aadOfCommand(id));
    if (anew === null) continue;
    const { count } = await db.gatewayCommand.updateMany({ where: { id, payload }, data: { payload: anew } });
    resealed += count;
  }
  return resealed;
}

/** Null where nothing is to do; also for what can't be opened: such a command is given up when it is to be sent. */
function sealAnew(ring: KeyRing, payload: string, aad: string): string | null {
  try {
    return envelopeKeyId(payload) === ring.primary.id ? null : seal(ring, open(ring, payload, aad), aad);
  } catch (error) {
    if (error instanceof EnvelopeError) return null;
    throw error;
  }
}
