import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { PersonActor } from '#lib/domain/account/actor.ts';
import {
  API_TOKEN_PREFIX,
  ApiTokenDays,
  type ApiTokenDto,
  ApiTokenName,
  type TokenScope,
  TokenScopes,
} from '#lib/domain/account/api-token.ts';
import { idSchema } from '#lib/domain/id.ts';
import { newId } from '#lib/platform/id.ts';
import { findApiToken, insertApiToken, toApiTokenDto } from '#lib/store/account/api-tokens.ts';
import { requireConnection } from '../connection/require-connection.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call, Context } from '../context.ts';
import { requireFreshSignInOrAdminToken } from '../require-fresh-sign-in.ts';
import { refuseMissingScope, requirePerson } from '../require-role.ts';
import { write } from '../write.ts';

export const CreateApiTokenInput = z.object({
  name: ApiTokenName,
  scopes: TokenScopes,
  /** The only connection that the token may use; null: all. */
  connectionId: idSchema('conn').nullable().default(null),
  days: ApiTokenDays,
});
export type CreateApiTokenInput = z.input<typeof CreateApiTokenInput>;

const TOKEN_BYTES = 32;
const HINT_CHARS = API_TOKEN_PREFIX.length + 4;
const DAY_MS = 86_400_000;

/**
 * Creates an API token of the caller for /api/v1: within its scopes it has the person's rights at the time of each call. Only this answer
 * contains the token; the database stores its digest (256 random bits need no salt).
 * A token creates none that has more scopes or a later expiry than its own.
 * @throws AppError `scope-missing`, `fresh-sign-in-needed`
 */
export async function createApiToken({
  ctx,
  input,
}: Call<CreateApiTokenInput>): Promise<ApiTokenDto & { readonly token: string }> {
  const actor = requirePerson(ctx, 'viewer');
  requireFreshSignInOrAdminToken(ctx);
  const { name, scopes, connectionId, days } = CreateApiTokenInput.parse(input);
  refuseMoreThanOwn(actor, scopes);
  await requireConnectionAccess(ctx, 'use', { connectionId });
  if (connectionId !== null) await requireConnection(ctx, connectionId);
  const token = `${API_TOKEN_PREFIX}${randomBytes(TOKEN_BYTES).toString('base64url')}`;
  const now = ctx.clock.now();
  const id = newId('tok');
  const expiresAt = await earliest(ctx, days === null ? null : new Date(now.getTime() + days * DAY_MS));
  const row = await write(ctx, async (tx, audit) => {
    await audit({
      action: 'token.create',
      subjectId: id,
      detail: { name, scopes, days, ...(connectionId === null ? {} : { connectionId }) },
    });
    return insertApiToken(tx, {
      id,
      userId: actor.userId,
      name,
      scopes,
      connectionId,
      tokenHash: createHash('sha256').update(token).digest('base64url'),
      hint: token.slice(0, HINT_CHARS),
      createdAt: now,
      expiresAt,
    });
  });
  return { ...toApiTokenDto(row), token };
}

/** @throws AppError `scope-missing` */
function refuseMoreThanOwn(actor: PersonActor, scopes: readonly TokenScope[]): void {
  if (actor.kind !== 'apiToken') return;
  for (const scope of scopes) refuseMissingScope(actor, scope);
}

/** The end that is wanted, or that of the token which makes the new one, whichever comes first; null: none. */
async function earliest({ actor, db }: Context, wanted: Date | null): Promise<Date | null> {
  const own = actor.kind === 'apiToken' ? ((await findApiToken(db, actor.tokenId))?.expiresAt ?? null) : null;
  if (own === null || wanted === null) return own ?? wanted;
  return own < wanted ? own : wanted;
}
