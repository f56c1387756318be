import { isIP } from 'node:net';
import type { MailAccess, SendOutcome } from '#lib/domain/notification/channel.ts';
import type { OutgoingNotification } from '#lib/domain/notification/event.ts';
import { secureContextOf } from '#lib/platform/http/trust.ts';
import { type DeliveryConfig, reachableAddress } from './delivery-config.ts';
import { mailText } from './message-body.ts';

/** Time limit for the connection, the greeting and each answer, milliseconds. */
const TIMEOUT_MS = 20_000;

export interface Mail {
  /** Equal for all attempts: it becomes the Message-ID, by which mail servers and clients recognise a repeated message (RFC 5322, 3.6.4). */
  readonly deliveryId: string;
  readonly to: readonly string[];
  readonly notification: OutgoingNotification;
  readonly baseUrl: string;
}

/**
 * Sends one message. Delivered: the server accepted it for at least one address.
 * @throws AppError for a host that must not be reached; errors of nodemailer
 */
export async function sendMail(access: MailAccess, config: DeliveryConfig, mail: Mail): Promise<SendOutcome> {
  const isOperators = config.mail === access;
  const host = isOperators ? access.host : await reachableAddress(access.host, config.networks);
  const name = isIP(access.host) === 0 ? { servername: access.host } : {};
  // Imported at first use: the web process sends a test message only.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    host,
    port: access.port,
    secure: access.tls === 'tls',
    requireTLS: access.tls === 'starttls',
    ignoreTLS: access.tls === 'none',
    tls: { ...name, secureContext: secureContextOf(config.caPem) },
    ...(access.user === null ? {} : { auth: { user: access.user, pass: access.password ?? '' } }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const { title } = mail.notification.message;
    const sent = await transport.sendMail({
      from: access.sender,
      to: [...mail.to],
      subject: `[Entrada] ${title}`,
      text: mailText(mail.notification, mail.baseUrl),
      messageId: `<${mail.deliveryId}@${new URL(mail.baseUrl).hostname}>`,
      date: mail.notification.at,
      headers: { 'auto-submitted': 'auto-generated', 'x-entrada-delivery': mail.deliveryId },
    });
    const refused =
      sent.rejected.length === 0 ? '' : ` The mail server refused ${sent.rejected.length} of ${mail.to.length} addresses.`;
    return { delivered: true, answer: `${sent.response}.${refused}`.slice(0, 300) };
  } finally {
    transport.close();
  }
}
