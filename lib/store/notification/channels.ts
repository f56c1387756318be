import type { Id } from '#lib/domain/id.ts';
import {
  type ChannelAccess,
  type ChannelDto,
  ChannelKind,
  ChannelSecrets,
  ChannelSettings,
} from '#lib/domain/notification/channel.ts';
import type { KeyRing } from '#lib/platform/crypto/crypto.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { deleteSecrets, insertSecret, openSecret, replaceSecret, type SecretOwner } from '../connection/secrets.ts';
import { toJson } from '../json.ts';

const CHANNEL = {
  ...{ id: true, name: true, kind: true, enabled: true, settings: true, createdAt: true },
  _count: { select: { rules: true } },
} as const;

export async function listChannelRows(db: Db): Promise<ChannelDto[]> {
  return (await db.notificationChannel.findMany({ select: CHANNEL, orderBy: { name: 'asc' } })).map(toDto);
}

export async function findChannel(db: Db | Tx, id: string): Promise<ChannelDto | null> {
  const row = await db.notificationChannel.findUnique({ where: { id }, select: CHANNEL });
  return row === null ? null : toDto(row);
}

function toDto({
  id,
  kind,
  settings,
  createdAt,
  _count,
  ...row
}: {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly enabled: boolean;
  readonly settings: unknown;
  readonly createdAt: Date;
  readonly _count: { readonly rules: number };
}): ChannelDto {
  return {
    ...row,
    ...ChannelSettings.parse(settings),
    id: id as Id<'nchn'>,
    kind: ChannelKind.parse(kind),
    createdAt: createdAt.toISOString(),
    ruleCount: _count.rules,
  };
}

/** A name that exists already is a unique violation. */
export async function insertChannel(
  tx: Tx,
  ring: KeyRing,
  { id, name, access }: { readonly id: string; readonly name: string; readonly access: ChannelAccess },
): Promise<void> {
  const { kind, settings, secrets } = access;
  const secretId = secrets === null ? null : await insertSecret(tx, ring, ownerOf(id), JSON.stringify(secrets));
  await tx.notificationChannel.create({ data: { id, name, kind, settings: toJson(settings), secretId }, select: { id: true } });
}

/** `access` null: the receiver stays. A name that exists already is a unique violation. */
export async function updateChannelRow(
  tx: Tx,
  ring: KeyRing,
  { id, name, enabled, access }: { id: string; name: string; enabled: boolean; access: ChannelAccess | null },
): Promise<void> {
  const settings = access === null ? {} : { settings: toJson(access.settings) };
  const data = { name, enabled, ...settings };
  const { secretId } = await tx.notificationChannel.update({ where: { id }, data, select: { secretId: true } });
  if (access?.secrets == null || secretId === null) return;
  const { version } = await openSecret(tx, ring, ownerOf(id), secretId);
  await replaceSecret(tx, ring, ownerOf(id), { id: secretId, version, plaintext: JSON.stringify(access.secrets) });
}

/** Deletes the channel with its secrets and pending deliveries. */
export async function deleteChannelRow(tx: Tx, id: string): Promise<void> {
  const { secretId } = await tx.notificationChannel.delete({ where: { id }, select: { secretId: true } });
  await deleteSecrets(tx, [secretId]);
}

/** Locks the channel until the transaction ends. False when it does not exist. */
export async function lockChannel(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`SELECT id FROM notification_channels WHERE id = ${id} FOR UPDATE`;
  return rows.length === 1;
}

/** Target and secrets of the channel in clear text; null when it does not exist. */
export async function openChannel(db: Db | Tx, ring: KeyRing, id: string): Promise<ChannelAccess | null> {
  const select = { kind: true, settings: true, secretId: true } as const;
  const row = await db.notificationChannel.findUnique({ where: { id }, select });
  if (row === null) return null;
  const secret = row.secretId === null ? null : await openSecret(db, ring, ownerOf(id), row.secretId);
  return {
    kind: ChannelKind.parse(row.kind),
    settings: ChannelSettings.parse(row.settings),
    secrets: secret === null ? null : ChannelSecrets.parse(JSON.parse(secret.plaintext)),
  };
}

function ownerOf(id: string): SecretOwner {
  return { kind: 'notification-channel', ownerId: id };
}
