import type { Role } from '#lib/domain/account/role.ts';
import type { UserDto } from '#lib/domain/account/user.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';

export const USER = {
  id: true,
  email: true,
  name: true,
  role: true,
  disabled: true,
  passwordHash: true,
  entraObjectId: true,
  createdAt: true,
  lastSignInAt: true,
  sessionEpoch: true,
} as const;

/** A person with the digest of their password; never leaves the server. */
export interface UserRow {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly role: Role;
  readonly disabled: boolean;
  readonly passwordHash: string | null;
  readonly entraObjectId: string | null;
  readonly createdAt: Date;
  readonly lastSignInAt: Date | null;
  /** Sessions with an earlier epoch have ended. */
  readonly sessionEpoch: number;
}

export function toUserDto(row: UserRow): UserDto {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    disabled: row.disabled,
    signInWith: signInMethodsOf(row),
    createdAt: row.createdAt.toISOString(),
    lastSignInAt: row.lastSignInAt?.toISOString() ?? null,
  };
}

export function signInMethodsOf(row: Pick<UserRow, 'passwordHash' | 'entraObjectId'>): UserDto['signInWith'] {
  return [...(row.passwordHash === null ? [] : ['password' as const]), ...(row.entraObjectId === null ? [] : ['entra' as const])];
}

export async function findUserById(db: Db | Tx, id: string): Promise<UserRow | null> {
  return db.user.findUnique({ where: { id }, select: USER });
}

/** `email` in lower case. */
export async function findUserByEmail(db: Db | Tx, email: string): Promise<UserRow | null> {
  return db.user.findUnique({ where: { email }, select: USER });
}

export async function findUserByEntraObjectId(db: Db | Tx, entraObjectId: string): Promise<UserRow | null> {
  return db.user.findUnique({ where: { entraObjectId }, select: USER });
}

export async function listUserRows(db: Db | Tx): Promise<UserRow[]> {
  return db.user.findMany({ select: USER, orderBy: [{ email: 'asc' }] });
}

export async function countUsers(db: Db | Tx): Promise<number> {
  return db.user.count();
}

/** Whether the person can sign in: an invited person without a password cannot. */
export function canSignIn(user: Pick<UserRow, 'disabled' | 'passwordHash' | 'entraObjectId'>): boolean {
  return !user.disabled && signInMethodsOf(user).length > 0;
}

/** Number of administrators who can sign in. */
export async function countActiveAdmins(db: Db | Tx): Promise<number> {
  const hasWay = { OR: [{ passwordHash: { not: null } }, { entraObjectId: { not: null } }] };
  return db.user.count({ where: { role: 'admin', disabled: false, ...hasWay } });
}

export interface NewUser {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly role: Role;
  readonly passwordHash: string | null;
  readonly entraObjectId: string | null;
}

export async function insertUser(db: Db | Tx, user: NewUser): Promise<UserRow> {
  return db.user.create({
    data: {
      id: user.id,
      email: user.email,
      name: user.name,
      role: user.role,
      passwordHash: user.passwordHash,
      entraObjectId: user.entraObjectId,
    },
    select: USER,
  });
}

export async function setUserRole(db: Db | Tx, id: string, role: Role): Promise<UserRow> {
  return db.user.update({ where: { id }, data: { role }, select: USER });
}

export async function setUserDisabled(db: Db | Tx, id: string, disabled: boolean): Promise<UserRow> {
  return db.user.update({ where: { id }, data: { disabled }, select: USER });
}

export async function setUserPasswordHash(db: Db | Tx, id: string, passwordHash: string): Promise<UserRow> {
  return db.user.update({ where: { id }, data: { passwordHash }, select: USER });
}

export async function recordSignIn(db: Db | Tx, id: string, at: Date): Promise<void> {
  await db.user.updateMany({ where: { id }, data: { lastSignInAt: at } });
}

/** Serialises the creation of the first account until the transaction ends. */
export async function lockFirstUser(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('entrada:first-user'))`;
}
