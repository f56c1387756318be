import { CHANNEL_KIND_LABEL, type ChannelKind } from '#lib/domain/notification/channel.ts';
import { NOTIFICATION_LEVEL, type OutgoingNotification } from '#lib/domain/notification/event.ts';

/** The request body of a webhook. `baseUrl`: public address of Entrada, without trailing slash. */
export function webhookBody(kind: Exclude<ChannelKind, 'email'>, notification: OutgoingNotification, baseUrl: string): object {
  switch (kind) {
    case 'webhook':
      return plainBody(notification, baseUrl);
    case 'slack':
      return slackBody(notification, baseUrl);
    case 'teams':
      return teamsBody(notification, baseUrl);
    default:
      throw new TypeError(`no body for ${CHANNEL_KIND_LABEL[kind]}`);
  }
}

function plainBody({ id, event, at, message }: OutgoingNotification, baseUrl: string): object {
  return {
    type: event,
    timestamp: at.toISOString(),
    data: { id, title: message.title, facts: message.facts, remedy: message.remedy, url: baseUrl + message.path },
  };
}

const SIGN = { problem: '🔴', warning: '🟠', good: '🟢', test: '🔵' } as const;
const signOf = ({ event }: OutgoingNotification) => SIGN[event === 'test' ? 'test' : NOTIFICATION_LEVEL[event]];

/** Maximum text lengths of Block Kit (Slack API reference, "Section block", "Header block"). */
const HEADER_MAX = 150;
const FIELD_MAX = 2000;
const FIELDS_MAX = 10;

/** A Block Kit message. Texts are escaped as Slack requires: `&`, `<` and `>` (Slack API, "Formatting text"). */
function slackBody(notification: OutgoingNotification, baseUrl: string): object {
  const { message } = notification;
  const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text: text.slice(0, 3000) } });
  const fields = message.facts
    .slice(0, FIELDS_MAX)
    .map(({ label, value }) => ({ type: 'mrkdwn', text: `*${escapeSlack(label)}*\n${escapeSlack(value)}`.slice(0, FIELD_MAX) }));
  return {
    text: message.title,
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: `${signOf(notification)} ${message.title}`.slice(0, HEADER_MAX) } },
      ...(message.title.length > HEADER_MAX - 3 ? [section(escapeSlack(message.title))] : []),
      ...(fields.length === 0 ? [] : [{ type: 'section', fields }]),
      ...(message.remedy === null ? [] : [section(escapeSlack(message.remedy))]),
      section(`<${baseUrl}${message.path}|Open in Entrada>`),
    ],
  };
}

function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** An Adaptive Card 1.4 in the envelope that Teams workflows accept ("Post to a channel when a webhook request is received"). */
function teamsBody(notification: OutgoingNotification, baseUrl: string): object {
  const { message } = notification;
  const text = (value: string, more: object = {}) => ({ type: 'TextBlock', text: value, wrap: true, ...more });
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      text(`${signOf(notification)} ${message.title}`, { weight: 'Bolder', size: 'Medium' }),
      ...(message.facts.length === 0
        ? []
        : [{ type: 'FactSet', facts: message.facts.map(({ label, value }) => ({ title: label, value })) }]),
      ...(message.remedy === null ? [] : [text(message.remedy)]),
    ],
    actions: [{ type: 'Action.OpenUrl', title: 'Open in Entrada', url: baseUrl + message.path }],
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}

/** The text of an e-mail. */
export function mailText({ message }: OutgoingNotification, baseUrl: string): string {
  return [
    message.title,
    ...(message.facts.length === 0 ? [] : ['', ...message.facts.map(({ label, value }) => `${label}: ${value}`)]),
    ...(message.remedy === null ? [] : ['', message.remedy]),
    '',
    baseUrl + message.path,
    '',
    '-- ',
    `Sent by Entrada at ${baseUrl}. Rules and channels are set at ${baseUrl}/settings/notifications.`,
  ].join('\n');
}
