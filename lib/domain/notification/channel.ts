import { z } from 'zod';
import { idSchema } from '../id.ts';

/** Kinds of channels: `slack` and `teams` are webhooks with the request body of that service. */
export const ChannelKind = z.enum(['webhook', 'slack', 'teams', 'email']);
export type ChannelKind = z.infer<typeof ChannelKind>;

export const CHANNEL_KIND_LABEL: Readonly<Record<ChannelKind, string>> = {
  webhook: 'Webhook',
  slack: 'Slack',
  teams: 'Microsoft Teams',
  email: 'E-mail',
};

export const ChannelName = z.string().trim().min(1, 'Enter a name.').max(100, 'At most 100 characters.');

/** Plain HTTP is allowed only to this machine. */
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** URL of a webhook. Anyone who knows the URL of a Slack or Teams webhook can post there, so it is stored as a secret. */
export const WebhookUrl = z
  .string()
  .trim()
  .max(2000, 'At most 2,000 characters.')
  .refine((text) => {
    const url = URL.parse(text);
    if (url === null || url.username !== '' || url.password !== '') return false;
    return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
  }, 'Enter a URL that starts with https://, without a user name or password.');

const Recipients = z
  .array(z.email('Enter e-mail addresses.'))
  .min(1, 'Enter at least one address.')
  .max(50, 'At most 50 addresses.');

/** Input for a channel of each kind. */
export const ChannelTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('webhook'), url: WebhookUrl }),
  z.object({ kind: z.literal('slack'), url: WebhookUrl }),
  z.object({ kind: z.literal('teams'), url: WebhookUrl }),
  z.object({ kind: z.literal('email'), to: Recipients }),
]);
export type ChannelTarget = z.infer<typeof ChannelTarget>;

/** The part of a channel that is not secret. */
export const ChannelSettings = z.object({
  /** Host of the webhook; null for e-mail. */
  host: z.string().nullable(),
  /** Empty for webhooks. */
  to: z.array(z.string()).readonly(),
});
export type ChannelSettings = z.infer<typeof ChannelSettings>;

export const ChannelSecrets = z.object({
  url: z.string(),
  /** Of a `webhook` channel: `whsec_` and the key in base64; null for other kinds. */
  signingSecret: z.string().nullable(),
});
export type ChannelSecrets = z.infer<typeof ChannelSecrets>;

/** A channel with its secrets in clear text. */
export interface ChannelAccess {
  readonly kind: ChannelKind;
  readonly settings: ChannelSettings;
  /** Null for e-mail. */
  readonly secrets: ChannelSecrets | null;
}

export const ChannelDto = z.object({
  id: idSchema('nchn'),
  name: z.string(),
  kind: ChannelKind,
  enabled: z.boolean(),
  ...ChannelSettings.shape,
  /** Number of rules that send to it. */
  ruleCount: z.number().int(),
  createdAt: z.string(),
});
export type ChannelDto = z.infer<typeof ChannelDto>;

/** Result of sending. */
export const SendOutcome = z.object({
  delivered: z.boolean(),
  /** Answer of the receiver, or the reason why there was none; contains no secrets. */
  answer: z.string(),
});
export type SendOutcome = z.infer<typeof SendOutcome>;

export const MailTls = z.enum(['starttls', 'tls', 'none']);
export type MailTls = z.infer<typeof MailTls>;

export const MAIL_TLS_LABEL: Readonly<Record<MailTls, string>> = {
  starttls: 'STARTTLS (port 587)',
  tls: 'TLS from the first byte (port 465)',
  none: 'None: passwords and messages are sent unencrypted',
};

/** Connection to the mail server, with the password in clear text. */
export interface MailAccess {
  readonly host: string;
  readonly port: number;
  readonly tls: MailTls;
  readonly user: string | null;
  readonly password: string | null;
  /** Sender address. */
  readonly sender: string;
}

export const MailSettingsDto = z.object({
  host: z.string(),
  port: z.number().int(),
  tls: MailTls,
  user: z.string().nullable(),
  sender: z.string(),
  hasPassword: z.boolean(),
  /** `environment`: ENTRADA_SMTP_URL; pages and the API cannot change it. */
  source: z.enum(['settings', 'environment']),
});
export type MailSettingsDto = z.infer<typeof MailSettingsDto>;
