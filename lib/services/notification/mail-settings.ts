import { z } from 'zod';
import { type MailAccess, type MailSettingsDto, MailTls } from '#lib/domain/notification/channel.ts';
import { ConflictError, InvalidInputError } from '#lib/platform/errors.ts';
import { openMailSettings, replaceMailSettings } from '#lib/store/notification/mail-settings.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';

/** The mail server in use, without its password; null: none is set. */
export async function getMailSettings({ ctx }: Call<unknown>): Promise<MailSettingsDto | null> {
  requireRole(ctx, 'editor', 'reads');
  const { mail } = ctx.config.delivery;
  const access = mail ?? (await openMailSettings(ctx.db, ctx.ring));
  return access === null ? null : toDto(access, mail === null ? 'settings' : 'environment');
}

function toDto({ password, ...access }: MailAccess, source: MailSettingsDto['source']): MailSettingsDto {
  return { ...access, hasPassword: password !== null, source };
}

export const MailServerInput = z.object({
  host: z.string().trim().min(1, 'Enter a host.').max(253),
  port: z.number().int().min(1).max(65_535),
  tls: MailTls,
  user: z.string().trim().min(1).max(320).nullable(),
  /** Null: the stored one stays; only while host, port and user are unchanged. */
  password: z.string().min(1).max(1000).nullable().default(null),
  sender: z
    .string()
    .trim()
    .min(3, 'Enter a sender.')
    .max(320)
    .refine((text) => !/[\r\n]/.test(text), 'Enter only one line.'),
});

export const SetMailSettingsInput = z.object({
  /** Null: removes the mail server. */
  server: MailServerInput.nullable(),
});
export type SetMailSettingsInput = z.input<typeof SetMailSettingsInput>;

/** @throws ConflictError `mail-set-by-environment`; InvalidInputError `mail-password-needed` */
export async function setMailSettings({ ctx, input }: Call<SetMailSettingsInput>): Promise<MailSettingsDto | null> {
  requireRole(ctx, 'admin');
  const { server } = SetMailSettingsInput.parse(input);
  if (ctx.config.delivery.mail !== null) throw setByEnvironment();
  const before = await openMailSettings(ctx.db, ctx.ring);
  const access = server === null ? null : { ...server, password: passwordOf(server, before) };
  await write(ctx, async (tx, audit) => {
    await replaceMailSettings(tx, ctx.ring, access);
    const detail = server === null ? {} : { host: server.host, port: server.port, tls: server.tls, sender: server.sender };
    await audit({ action: 'mail-settings.update', subjectId: null, detail });
  });
  return access === null ? null : toDto(access, 'settings');
}

/** A stored password is sent only to the server that it was entered for: otherwise it could be sent to a server of an attacker. */
function passwordOf(
  { host, port, user, password, tls }: z.output<typeof MailServerInput>,
  before: MailAccess | null,
): string | null {
  if (password !== null || user === null) return password;
  if (before?.password == null) return null;
  if (before.host === host && before.port === port && before.user === user && before.tls === tls) return before.password;
  throw new InvalidInputError({
    code: 'mail-password-needed',
    title: 'Enter the password again: the settings have changed.',
    remedy: 'Entrada sends a stored password only to the server for which it was entered.',
    fixer: 'you',
    field: 'password',
  });
}

function setByEnvironment(): ConflictError {
  return new ConflictError({
    code: 'mail-set-by-environment',
    title: 'The environment variable ENTRADA_SMTP_URL sets the mail server.',
    remedy: 'Change ENTRADA_SMTP_URL, or remove it and enter the mail server here.',
    fixer: 'operator',
  });
}
