import { z } from 'zod';
import type { ConnectionDto } from '#lib/domain/connection/connection.ts';
import { idSchema } from '#lib/domain/id.ts';
import { newId } from '#lib/platform/id.ts';
import { connectionNamesLike, identityOf, insertConnection, lockConnection } from '#lib/store/connection/connections.ts';
import { insertSecret, openSecret } from '#lib/store/connection/secrets.ts';
import { insertDatasets, listDatasetRows } from '#lib/store/metadata/datasets.ts';
import type { Call } from '../context.ts';
import { openCredential, storeCredential } from '../credential/credential.ts';
import { requirePerson } from '../require-role.ts';
import { COPIED_NAME_MAX, nameOfCopy } from '../unused-name.ts';
import { write } from '../write.ts';
import { getConnection } from './get-connection.ts';
import { requireConnection } from './require-connection.ts';
import { requireConnectionAccess } from './require-connection-access.ts';

export const DuplicateConnectionInput = z.object({ connectionId: idSchema('conn') });
export type DuplicateConnectionInput = z.input<typeof DuplicateConnectionInput>;

/**
 * Creates a connection with the same settings, sign-in and metadata, without tasks. Each connection renews its own tokens from then on:
 * Entra allows several refresh tokens of one sign-in.
 */
export async function duplicateConnection({ ctx, input }: Call<DuplicateConnectionInput>): Promise<ConnectionDto> {
  const actor = requirePerson(ctx, 'editor');
  const { connectionId } = DuplicateConnectionInput.parse(input);
  await requireConnectionAccess(ctx, 'edit', { connectionId });
  const id = newId('conn');
  await write(ctx, async (tx, audit) => {
    await lockConnection(tx, connectionId);
    const row = await requireConnection({ db: tx }, connectionId);
    const name = nameOfCopy(row.name, await connectionNamesLike(tx, row.name.slice(0, COPIED_NAME_MAX)));
    const clear = await openCredential({ db: tx, ring: ctx.ring }, row);
    const store = clear.kind === 'secret' ? { secret: clear.secret } : { certificateId: row.certificateId ?? '' };
    const tokens = await openSecret(tx, ctx.ring, { kind: 'token-cache', ownerId: row.id }, row.tokenCacheId);
    await insertConnection(tx, {
      gatewayId: row.gatewayId,
      gatewayGroupId: row.gatewayGroupId,
      clientId: row.clientId,
      signIn: row.signIn,
      credentialExpiresAt: row.credentialExpiresAt,
      expirySource: row.expirySource,
      graphBaseUrl: row.graphBaseUrl,
      tenant: row.tenant,
      cloud: row.cloud,
      lastVerifiedAt: row.lastVerifiedAt,
      id,
      name,
      ownerId: actor.userId,
      ...(await storeCredential(ctx, tx, id, { store })),
      tokenCacheId: await insertSecret(tx, ctx.ring, { kind: 'token-cache', ownerId: id }, tokens.plaintext),
      identity: identityOf(row),
    });
    await insertDatasets(tx, id, await listDatasetRows(tx, connectionId));
    await audit({ action: 'connection.duplicate', subjectId: id, detail: { name, from: connectionId } });
  });
  return getConnection({ ctx, input: { connectionId: id } });
}
