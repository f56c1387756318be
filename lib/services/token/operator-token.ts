import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { API_TOKEN_PREFIX, TokenScope } from '#lib/domain/account/api-token.ts';
import { Email } from '#lib/domain/account/user.ts';
import { idSchema } from '#lib/domain/id.ts';
import { AppError, NotFoundError } from '#lib/platform/errors.ts';
import { newId } from '#lib/platform/id.ts';
import { deleteApiToken, findApiToken, insertApiToken } from '#lib/store/account/api-tokens.ts';
import { listUserRows } from '#lib/store/account/users.ts';
import type { Call } from '../context.ts';
import { requireOperator } from '../require-role.ts';
import { write } from '../write.ts';

export const CreateOperatorTokenInput = z.object({
  /** In whose name; null: of the first administrator by e-mail address. */
  email: Email.nullable().default(null),
});
export type CreateOperatorTokenInput = z.input<typeof CreateOperatorTokenInput>;

/** Longer than a run that is followed. The command ends it when it is done; this is for one that was killed. */
const LIFE_MS = 12 * 3_600_000;

/**
 * A token of a person for one command of somebody with a shell on the machine, who could read the keys and the database as well. What the
 * command does is audited as this token's.
 * @throws NotFoundError for a person who is not there or is deactivated; AppError `not-found` before the first administrator
 */
export async function createOperatorToken({
  ctx,
  input,
}: Call<CreateOperatorTokenInput>): Promise<{ readonly tokenId: string; readonly token: string }> {
  requireOperator(ctx);
  const { email } = CreateOperatorTokenInput.parse(input);
  const people = (await listUserRows(ctx.db)).filter(({ disabled }) => !disabled);
  const person = email === null ? people.find(({ role }) => role === 'admin') : people.find((each) => each.email === email);
  if (person === undefined) throw email === null ? noAdministrator() : new NotFoundError('person');
  const token = `${API_TOKEN_PREFIX}${randomBytes(32).toString('base64url')}`;
  const tokenId = newId('tok');
  const now = ctx.clock.now();
  await write(ctx, async (tx, audit) => {
    await audit({ action: 'token.create', subjectId: tokenId, detail: { name: NAME, owner: person.email } });
    await insertApiToken(tx, {
      ...{ id: tokenId, userId: person.id, name: NAME, scopes: TokenScope.options, connectionId: null },
      tokenHash: createHash('sha256').update(token).digest('base64url'),
      hint: token.slice(0, API_TOKEN_PREFIX.length + 4),
      ...{ createdAt: now, expiresAt: new Date(now.getTime() + LIFE_MS) },
    });
  });
  return { tokenId, token };
}

const NAME = 'Command line';

export const EndOperatorTokenInput = z.object({ tokenId: idSchema('tok') });
export type EndOperatorTokenInput = z.input<typeof EndOperatorTokenInput>;

/** When its command is done. */
export async function endOperatorToken({ ctx, input }: Call<EndOperatorTokenInput>): Promise<null> {
  requireOperator(ctx);
  const { tokenId } = EndOperatorTokenInput.parse(input);
  await write(ctx, async (tx, audit) => {
    if ((await findApiToken(tx, tokenId)) === null) return;
    await deleteApiToken(tx, tokenId);
    await audit({ action: 'token.revoke', subjectId: tokenId, detail: { name: NAME } });
  });
  return null;
}

function noAdministrator(): AppError {
  return new AppError({
    code: 'not-found',
    title: 'Entrada has no administrator yet.',
    remedy: 'Create the first account on the page of Entrada, or with `entrada admin create-user`.',
    fixer: 'operator',
  });
}
