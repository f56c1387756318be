import type { ApiTokenDto, TokenScope } from '#lib/domain/account/api-token.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { USER, type UserRow } from './users.ts';

const TOKEN = {
  id: true,
  name: true,
  scopes: true,
  connection: { select: { id: true, name: true } },
  hint: true,
  userId: true,
  createdAt: true,
  expiresAt: true,
  lastUsedAt: true,
  user: { select: { email: true } },
} as const;

/** An API token without its digest. */
export interface ApiTokenRow {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  readonly connection: { readonly id: string; readonly name: string } | null;
  readonly hint: string;
  readonly userId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly user: { readonly email: string };
}

export function toApiTokenDto(row: ApiTokenRow): ApiTokenDto {
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    connection: row.connection,
    hint: row.hint,
    owner: row.user.email,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  };
}

export async function insertApiToken(
  tx: Tx,
  token: {
    readonly id: string;
    readonly userId: string;
    readonly name: string;
    readonly scopes: readonly TokenScope[];
    readonly connectionId: string | null;
    readonly tokenHash: string;
    readonly hint: string;
    readonly createdAt: Date;
    readonly expiresAt: Date | null;
  },
): Promise<ApiTokenRow> {
  return tx.apiToken.create({ data: { ...token, scopes: [...token.scopes] }, select: TOKEN });
}

/** Newest first; `userId` null: tokens of all users. */
export async function listApiTokenRows(db: Db | Tx, userId: string | null): Promise<ApiTokenRow[]> {
  return db.apiToken.findMany({ where: userId === null ? {} : { userId }, select: TOKEN, orderBy: [{ createdAt: 'desc' }] });
}

export async function findApiToken(db: Db | Tx, id: string): Promise<ApiTokenRow | null> {
  return db.apiToken.findUnique({ where: { id }, select: TOKEN });
}

export async function deleteApiToken(tx: Tx, id: string): Promise<void> {
  await tx.apiToken.delete({ where: { id }, select: { id: true } });
}

/** Precision of *last used*, milliseconds: frequent calls do not each write. */
const LAST_USED_MS = 60_000;

interface OpenToken {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  readonly connectionId: string | null;
  readonly user: UserRow;
}

/** A token that has not ended, with its owner. Records that it was used unless `silent`. */
export async function findOpenApiToken(
  db: Db | Tx,
  tokenHash: string,
  { now, silent }: { readonly now: Date; readonly silent: boolean },
): Promise<OpenToken | null> {
  const token = await db.apiToken.findUnique({
    where: { tokenHash },
    select: { id: true, name: true, scopes: true, connectionId: true, expiresAt: true, lastUsedAt: true, user: { select: USER } },
  });
  if (token === null || (token.expiresAt !== null && token.expiresAt <= now)) return null;
  if (!silent && (token.lastUsedAt === null || now.getTime() - token.lastUsedAt.getTime() >= LAST_USED_MS)) {
    await db.apiToken.updateMany({ where: { id: token.id }, data: { lastUsedAt: now } });
  }
  return token;
}
