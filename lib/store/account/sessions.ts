import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { USER, type UserRow } from './users.ts';

/** Lifetimes of sessions, milliseconds. */
export interface SessionLimits {
  /** From the sign-in, regardless of use. */
  readonly absoluteMs: number;
  /** From the last request. */
  readonly idleMs: number;
}

/** A session that has not ended. */
export interface SessionRow {
  readonly idHash: string;
  readonly authTime: Date;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly user: UserRow;
}

const SESSION = { idHash: true, epoch: true, authTime: true, createdAt: true, lastSeenAt: true, user: { select: USER } } as const;

/** Precision of the time of the last request, milliseconds: frequent requests do not each write. */
const LAST_SEEN_MS = 60_000;

/**
 * Starts a session of a person who has just signed in.
 * @returns false when the person was disabled, or their sessions were ended, after `epoch` was read: a concurrent sign-in starts no session.
 */
export async function insertSession(
  db: Db,
  session: {
    readonly idHash: string;
    readonly userId: string;
    readonly epoch: number;
    readonly authTime: Date;
    readonly now: Date;
  },
): Promise<boolean> {
  const { idHash, userId, epoch, authTime, now } = session;
  return db.$transaction(async (tx) => {
    const open = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM users WHERE id = ${userId} AND NOT disabled AND session_epoch = ${epoch} FOR SHARE`;
    if (open.length === 0) return false;
    await tx.session.create({
      data: { idHash, userId, epoch, authTime, createdAt: now, lastSeenAt: now },
      select: { idHash: true },
    });
    return true;
  });
}

/** The session and its person; null when it is unknown or has ended, or the person is disabled. */
export async function findOpenSession(
  db: Db | Tx,
  idHash: string,
  { limits, now }: { readonly limits: SessionLimits; readonly now: Date },
): Promise<SessionRow | null> {
  const row = await db.session.findUnique({ where: { idHash }, select: SESSION });
  if (row === null || row.user.disabled || row.user.sessionEpoch !== row.epoch) return null;
  const age = now.getTime() - row.createdAt.getTime();
  const idle = now.getTime() - row.lastSeenAt.getTime();
  return age >= limits.absoluteMs || idle >= limits.idleMs ? null : row;
}

/** Records the use of a session. */
export async function recordSessionUse(db: Db, { idHash, lastSeenAt }: SessionRow, now: Date): Promise<void> {
  if (now.getTime() - lastSeenAt.getTime() < LAST_SEEN_MS) return;
  await db.session.updateMany({ where: { idHash }, data: { lastSeenAt: now } });
}

/** Sessions of a person that have not ended, most recently used first. */
export async function listOpenSessions(
  db: Db | Tx,
  userId: string,
  { limits, now }: { readonly limits: SessionLimits; readonly now: Date },
): Promise<readonly Omit<SessionRow, 'user'>[]> {
  const { sessionEpoch } = await db.user.findUniqueOrThrow({ where: { id: userId }, select: { sessionEpoch: true } });
  return db.session.findMany({
    where: {
      userId,
      epoch: sessionEpoch,
      createdAt: { gt: new Date(now.getTime() - limits.absoluteMs) },
      lastSeenAt: { gt: new Date(now.getTime() - limits.idleMs) },
    },
    select: { idHash: true, authTime: true, createdAt: true, lastSeenAt: true },
    orderBy: { lastSeenAt: 'desc' },
  });
}

/** Records that the person of a session signed in again. Its absolute end stays. */
export async function recordAuthTime(db: Db, idHash: string, authTime: Date): Promise<void> {
  await db.session.updateMany({ where: { idHash }, data: { authTime } });
}

export async function deleteSession(db: Db | Tx, idHash: string): Promise<void> {
  await db.session.deleteMany({ where: { idHash } });
}

/** Ends a session of a person; false when it belongs to someone else or has ended. */
export async function deleteSessionOf(tx: Tx, userId: string, idHash: string): Promise<boolean> {
  return (await tx.session.deleteMany({ where: { idHash, userId } })).count === 1;
}

/** Ends all sessions of a person, including those of a sign-in that is under way. */
export async function endSessions(tx: Tx, userId: string): Promise<void> {
  await tx.user.update({ where: { id: userId }, data: { sessionEpoch: { increment: 1 } }, select: { id: true } });
  await tx.session.deleteMany({ where: { userId } });
}

/** Deletes sessions that started before `before`: they have ended under any limits. */
export async function deleteOldSessions(db: Db, before: Date): Promise<void> {
  await db.session.deleteMany({ where: { createdAt: { lt: before } } });
}
