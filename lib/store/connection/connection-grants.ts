import type { ConnectionAccess, ConnectionAccessDto, ConnectionAudience } from '#lib/domain/connection/connection-access.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';

/** What a person who is no administrator may do with a connection; `none`: it is closed to them; null: there is no such connection. */
export async function findAccessOf(db: Db | Tx, connectionId: string, userId: string): Promise<ConnectionAccess | 'none' | null> {
  const row = await db.connection.findUnique({
    where: { id: connectionId },
    select: { audience: true, ownerId: true, grants: { where: { userId }, select: { access: true } } },
  });
  if (row === null) return null;
  if (row.audience === 'everybody' || row.ownerId === userId) return 'edit';
  return row.grants[0]?.access ?? 'none';
}

/** Ids of the connections that are closed to a person who is no administrator. */
export async function listClosedConnectionIds(db: Db | Tx, userId: string): Promise<readonly string[]> {
  const rows = await db.connection.findMany({
    where: { audience: 'listed', ownerId: { not: userId }, grants: { none: { userId } } },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

/** Ids of the connections that are open to a person who is no administrator. */
export async function listOpenConnectionIds(db: Db | Tx, userId: string): Promise<readonly string[]> {
  const rows = await db.connection.findMany({
    where: { OR: [{ audience: 'everybody' }, { ownerId: userId }, { grants: { some: { userId } } }] },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

/** Ids of the connections that a person who is no administrator may use, but not edit. */
export async function listUsedOnlyConnectionIds(db: Db | Tx, userId: string): Promise<readonly string[]> {
  const rows = await db.connection.findMany({
    where: { audience: 'listed', ownerId: { not: userId }, grants: { some: { userId, access: 'use' } } },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

/** Who may see what a connection does: null where it is everybody, else ids of people. */
export async function listAudienceIds(db: Db | Tx, connectionId: string): Promise<ReadonlySet<string> | null> {
  const row = await db.connection.findUnique({
    where: { id: connectionId },
    select: { audience: true, ownerId: true, grants: { select: { userId: true } } },
  });
  if (row === null || row.audience === 'everybody') return null;
  const admins = await db.user.findMany({ where: { role: 'admin' }, select: { id: true } });
  return new Set([row.ownerId, ...row.grants.map(({ userId }) => userId), ...admins.map(({ id }) => id)]);
}

export async function readConnectionAccess(db: Db | Tx, connectionId: string): Promise<ConnectionAccessDto> {
  const row = await db.connection.findUniqueOrThrow({
    where: { id: connectionId },
    select: {
      audience: true,
      owner: { select: { email: true } },
      grants: { select: { access: true, user: { select: { email: true } } }, orderBy: { user: { email: 'asc' } } },
    },
  });
  const people = row.grants.map(({ access, user }) => ({ email: user.email, access }));
  return { audience: row.audience, owner: row.owner.email, people };
}

export async function replaceConnectionAccess(
  tx: Tx,
  connectionId: string,
  {
    audience,
    grants,
  }: {
    readonly audience: ConnectionAudience;
    readonly grants: readonly { readonly userId: string; readonly access: ConnectionAccess }[];
  },
): Promise<void> {
  await tx.connection.update({ where: { id: connectionId }, data: { audience }, select: { id: true } });
  await tx.connectionGrant.deleteMany({ where: { connectionId } });
  await tx.connectionGrant.createMany({ data: grants.map((grant) => ({ ...grant, connectionId })) });
}

/** The connection that something belongs to; null when it is not there. */
export async function connectionOf(
  db: Db | Tx,
  kind: 'connection' | 'task' | 'run' | 'dataset' | 'job',
  id: string,
): Promise<string | null> {
  const select = { connectionId: true } as const;
  switch (kind) {
    case 'connection':
      return id;
    case 'task':
      return (await db.task.findUnique({ where: { id }, select }))?.connectionId ?? null;
    case 'run':
      return (await db.run.findUnique({ where: { id }, select: { task: { select } } }))?.task.connectionId ?? null;
    case 'dataset':
      return (await db.dataset.findUnique({ where: { id }, select }))?.connectionId ?? null;
    case 'job':
      return (await db.metadataJob.findUnique({ where: { id }, select }))?.connectionId ?? null;
  }
}
