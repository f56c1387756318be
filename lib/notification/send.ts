import type { lookup as systemLookup } from 'node:dns';
import { isIP } from 'node:net';
import type { ChannelAccess, MailAccess, SendOutcome } from '#lib/domain/notification/channel.ts';
import type { OutgoingNotification } from '#lib/domain/notification/event.ts';
import { AppError } from '#lib/platform/errors.ts';
import { createHttp } from '#lib/platform/http/http.ts';
import { bypassesProxy } from '#lib/platform/http/proxy.ts';
import { hidePathsOf } from '#lib/platform/http/trace.ts';
import { type DeliveryConfig, reachableAddress } from './delivery-config.ts';
import { webhookBody } from './message-body.ts';
import { sendMail } from './send-mail.ts';
import { signedHeaders } from './webhook-signature.ts';

/** One attempt of one delivery. */
export interface SendAttempt {
  /** Equal for all attempts, so that receivers recognise a repeated delivery. */
  readonly deliveryId: string;
  readonly channel: ChannelAccess;
  readonly notification: OutgoingNotification;
  /** The mail server; null: none is set. */
  readonly mail: MailAccess | null;
  /** Public address of Entrada, without trailing slash. */
  readonly baseUrl: string;
  /** Time of the attempt. */
  readonly at: Date;
}

/** Time limit for the answer of a webhook, milliseconds. */
const ANSWER_MS = 20_000;
/** Stored part of an answer, characters. */
const ANSWER_MAX = 200;

/** Sends a notification to a channel, once. Never throws: errors are part of the result. */
export async function sendNotification(config: DeliveryConfig, sending: SendAttempt): Promise<SendOutcome> {
  try {
    const { channel, mail, deliveryId, notification, baseUrl } = sending;
    if (channel.kind !== 'email') return await sendWebhook(config, sending);
    if (mail === null)
      return { delivered: false, answer: 'No mail server is configured. Enter one under Settings, Notifications, Mail server.' };
    return await sendMail(mail, config, { deliveryId, to: channel.settings.to, notification, baseUrl });
  } catch (error) {
    return { delivered: false, answer: reasonOf(error) };
  }
}

async function sendWebhook(
  config: DeliveryConfig,
  { channel: { kind, secrets }, notification, baseUrl, deliveryId, at }: SendAttempt,
): Promise<SendOutcome> {
  if (kind === 'email' || secrets === null) throw new TypeError('a webhook channel has a URL');
  const url = new URL(secrets.url);
  hidePathsOf(url.origin);
  const body = JSON.stringify(webhookBody(kind, notification, baseUrl));
  const signed = secrets.signingSecret === null ? {} : signedHeaders(secrets.signingSecret, { id: deliveryId, at, body });
  const http = createHttp({
    allowedOrigins: [],
    // The host was checked before; this also allows addresses of the operator's networks.
    operatorOrigins: [url.origin],
    extraCaPem: config.caPem,
    ...(config.proxy === null ? {} : { proxy: config.proxy }),
    ...(await pinned(url, config)),
  });
  try {
    const headers = { 'content-type': 'application/json', 'user-agent': 'Entrada', ...signed };
    const answer = await http.send({
      method: 'POST',
      url: url.href,
      headers,
      body,
      bytesMax: 65_536,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const text = new TextDecoder().decode(answer.body).replace(/\s+/g, ' ').trim();
    const delivered = answer.status >= 200 && answer.status < 300;
    return { delivered, answer: `HTTP ${answer.status}${text === '' || delivered ? '' : `: ${text.slice(0, ANSWER_MAX)}`}` };
  } finally {
    await http.close();
  }
}

/** A resolver that returns only the checked address. Behind a proxy, the proxy resolves names; IP addresses are checked in any case. */
async function pinned(url: URL, config: DeliveryConfig): Promise<{ readonly lookup?: typeof systemLookup }> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const byProxy = config.proxy !== null && url.protocol === 'https:' && !bypassesProxy(url, config.proxy.noProxy);
  if (byProxy && isIP(host) === 0) return {};
  const address = await reachableAddress(host, config.networks);
  const lookup = (_name: string, _options: unknown, done: (error: null, found: readonly object[]) => void) =>
    done(null, [{ address, family: isIP(address) }]);
  return { lookup: lookup as unknown as typeof systemLookup };
}

/** Text for the delivery log. Messages of nodemailer are answers of the mail server and never contain the password. */
function reasonOf(error: unknown): string {
  if (error instanceof AppError)
    return [error.problem.title, error.problem.remedy].filter((part) => part !== undefined).join(' ');
  return error instanceof Error ? error.message.slice(0, ANSWER_MAX) : 'The message could not be sent.';
}
