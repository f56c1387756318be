import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { type ChannelAccess, type ChannelDto, ChannelName, ChannelTarget } from '#lib/domain/notification/channel.ts';
import { newSigningSecret } from '#lib/notification/webhook-signature.ts';
import { InvalidInputError, NotFoundError } from '#lib/platform/errors.ts';
import { newId } from '#lib/platform/id.ts';
import { insertChannel, lockChannel, openChannel, updateChannelRow } from '#lib/store/notification/channels.ts';
import { isUniqueViolation } from '#lib/store/unique-violation.ts';
import { nameTaken } from '../connection/name-taken.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { requireChannel } from './require-channel.ts';

export const CreateChannelInput = z.object({ name: ChannelName, target: ChannelTarget });
export type CreateChannelInput = z.input<typeof CreateChannelInput>;

/** A channel, and the signing secret of a webhook, which is shown only now. */
export interface ChannelWithSecret {
  readonly channel: ChannelDto;
  /** Null where messages are not signed. */
  readonly signingSecret: string | null;
}

/** Creates a channel. Sends nothing; testChannel does. @throws ConflictError `name-taken` */
export async function createChannel({ ctx, input }: Call<CreateChannelInput>): Promise<ChannelWithSecret> {
  requireRole(ctx, 'admin');
  const { name, target } = CreateChannelInput.parse(input);
  const id = newId('nchn');
  const signingSecret = target.kind === 'webhook' ? newSigningSecret() : null;
  const access = accessOf(target, signingSecret);
  await unlessTaken(() =>
    write(ctx, async (tx, audit) => {
      await insertChannel(tx, ctx.ring, { id, name, access });
      await audit({ action: 'notification-channel.create', subjectId: id, detail: { name, ...detailOf(access) } });
    }),
  );
  return { channel: await requireChannel(ctx.db, id), signingSecret };
}

export const UpdateChannelInput = z.object({
  channelId: idSchema('nchn'),
  name: ChannelName,
  enabled: z.boolean(),
  /** Null: the receiver stays. The kind cannot change. */
  target: ChannelTarget.nullable().default(null),
  /** Whether a webhook gets a new signing secret, which invalidates the earlier one. */
  newSigningSecret: z.boolean().default(false),
});
export type UpdateChannelInput = z.input<typeof UpdateChannelInput>;

/** Changes a channel. @throws NotFoundError; ConflictError `name-taken`; InvalidInputError `nothing-to-change` for another kind */
export async function updateChannel({ ctx, input }: Call<UpdateChannelInput>): Promise<ChannelWithSecret> {
  requireRole(ctx, 'admin');
  const { channelId, name, enabled, target, ...wanted } = UpdateChannelInput.parse(input);
  const before = await openChannel(ctx.db, ctx.ring, channelId);
  if (before === null) throw new NotFoundError('channel');
  if (target !== null && target.kind !== before.kind) throw otherKind();
  const isNew = wanted.newSigningSecret && before.kind === 'webhook';
  const signingSecret = isNew ? newSigningSecret() : (before.secrets?.signingSecret ?? null);
  const access = target === null ? withSigningSecret(before, signingSecret) : accessOf(target, signingSecret);
  await unlessTaken(() =>
    write(ctx, async (tx, audit) => {
      if (!(await lockChannel(tx, channelId))) throw new NotFoundError('channel');
      await updateChannelRow(tx, ctx.ring, { id: channelId, name, enabled, access });
      const detail = { name, enabled, ...detailOf(access), moved: target !== null, newSigningSecret: isNew };
      await audit({ action: 'notification-channel.update', subjectId: channelId, detail });
    }),
  );
  return { channel: await requireChannel(ctx.db, channelId), signingSecret: isNew ? signingSecret : null };
}

async function unlessTaken(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken('channel', error);
    throw error;
  }
}

function accessOf(target: ChannelTarget, signingSecret: string | null): ChannelAccess {
  if (target.kind === 'email') return { kind: 'email', settings: { host: null, to: target.to }, secrets: null };
  const { kind, url } = target;
  return { kind, settings: { host: new URL(url).host, to: [] }, secrets: { url, signingSecret } };
}

function withSigningSecret(access: ChannelAccess, signingSecret: string | null): ChannelAccess {
  return access.secrets === null ? access : { ...access, secrets: { ...access.secrets, signingSecret } };
}

function detailOf({ kind, settings }: ChannelAccess): Readonly<Record<string, string>> {
  return { kind, to: settings.host ?? settings.to.join(', ') };
}

function otherKind(): InvalidInputError {
  return new InvalidInputError({
    code: 'nothing-to-change',
    title: 'The kind of a channel cannot be changed.',
    remedy: 'Create another channel, and choose it in the rules.',
    fixer: 'you',
    field: 'target',
  });
}
