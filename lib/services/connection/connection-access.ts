import { z } from 'zod';
import { Email } from '#lib/domain/account/user.ts';
import { ConnectionAccess, type ConnectionAccessDto, ConnectionAudience } from '#lib/domain/connection/connection-access.ts';
import { idSchema } from '#lib/domain/id.ts';
import { InvalidInputError } from '#lib/platform/errors.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { findUserByEmail } from '#lib/store/account/users.ts';
import { readConnectionAccess, replaceConnectionAccess } from '#lib/store/connection/connection-grants.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { requireConnection } from './require-connection.ts';
import { requireConnectionAccess } from './require-connection-access.ts';

export const GetConnectionAccessInput = z.object({ connectionId: idSchema('conn') });
export type GetConnectionAccessInput = z.input<typeof GetConnectionAccessInput>;

/** Whom the connection is open to. */
export async function getConnectionAccess({ ctx, input }: Call<GetConnectionAccessInput>): Promise<ConnectionAccessDto> {
  requireRole(ctx, 'viewer');
  const { connectionId } = GetConnectionAccessInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { connectionId });
  await requireConnection(ctx, connectionId);
  return readConnectionAccess(ctx.db, connectionId);
}

export const SetConnectionAccessInput = z.object({
  connectionId: idSchema('conn'),
  audience: ConnectionAudience,
  people: z.array(z.object({ email: Email, access: ConnectionAccess })).max(500, 'At most 500 people.'),
});
export type SetConnectionAccessInput = z.input<typeof SetConnectionAccessInput>;

/** Replaces whom the connection is open to; counts from each person's next request on. @throws InvalidInputError `person-unknown` */
export async function setConnectionAccess({ ctx, input }: Call<SetConnectionAccessInput>): Promise<ConnectionAccessDto> {
  requireRole(ctx, 'editor');
  const { connectionId, audience, people } = SetConnectionAccessInput.parse(input);
  await requireConnectionAccess(ctx, 'edit', { connectionId });
  await requireConnection(ctx, connectionId);
  await write(ctx, async (tx, audit) => {
    await replaceConnectionAccess(tx, connectionId, { audience, grants: await grantsOf(tx, people) });
    const listed = people.map(({ email, access }) => `${email}: ${access}`);
    await audit({ action: 'connection.set-access', subjectId: connectionId, detail: { audience, people: listed } });
  });
  return readConnectionAccess(ctx.db, connectionId);
}

async function grantsOf(tx: Tx, people: z.output<typeof SetConnectionAccessInput>['people']) {
  const grants = new Map<string, ConnectionAccess>();
  for (const [index, { email, access }] of people.entries()) {
    const user = await findUserByEmail(tx, email);
    if (user === null) throw personUnknown(email, index);
    grants.set(user.id, access);
  }
  return [...grants].map(([userId, access]) => ({ userId, access }));
}

function personUnknown(email: string, index: number): InvalidInputError {
  return new InvalidInputError({
    code: 'person-unknown',
    title: `No account of Entrada has the e-mail address ${email}.`,
    remedy: 'Check the address, or ask an administrator to invite the person.',
    fixer: 'you',
    field: `people.${index}.email`,
  });
}
