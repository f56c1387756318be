import { z } from 'zod';

/** Events that a rule can name. */
export const NotificationEvent = z.enum([
  'run-failed',
  'run-partial',
  'run-recovered',
  'deletes-held',
  'schedule-missed',
  'credential-ends',
  'sign-in-needed',
  'gateway-away',
  'nothing-landed',
]);
export type NotificationEvent = z.infer<typeof NotificationEvent>;

export const NOTIFICATION_EVENT_LABEL: Readonly<Record<NotificationEvent, string>> = {
  'run-failed': 'A run failed',
  'run-partial': 'A run is done with problems',
  'run-recovered': 'First success after a failure',
  'deletes-held': 'A reload would delete many rows and waits for confirmation',
  'schedule-missed': 'A schedule missed a planned time',
  'credential-ends': 'A secret, certificate or sign-in expires soon',
  'sign-in-needed': 'A connection needs re-authentication',
  'gateway-away': 'A data gateway is disconnected',
  'nothing-landed': 'No data landed for a set time',
};

/** Severity of a notification in lists. */
export type NotificationLevel = 'problem' | 'warning' | 'good';

export const NOTIFICATION_LEVEL: Readonly<Record<NotificationEvent, NotificationLevel>> = {
  'run-failed': 'problem',
  'run-partial': 'warning',
  'run-recovered': 'good',
  'deletes-held': 'warning',
  'schedule-missed': 'warning',
  'credential-ends': 'warning',
  'sign-in-needed': 'problem',
  'gateway-away': 'problem',
  'nothing-landed': 'warning',
};

/** `test`: sent by the test of a channel. */
export type MessageEvent = NotificationEvent | 'test';

/** Text of a notification: never a secret, never a value of a row. */
export const NotificationMessage = z.object({
  /** One sentence: what happened. */
  title: z.string(),
  facts: z.array(z.object({ label: z.string(), value: z.string() })).readonly(),
  /** What to do, and where; null: nothing. */
  remedy: z.string().nullable(),
  /** Path of the page about it in Entrada. */
  path: z.string(),
});
export type NotificationMessage = z.infer<typeof NotificationMessage>;

/** A notification as channels send it. */
export interface OutgoingNotification {
  readonly id: string;
  readonly event: MessageEvent;
  readonly at: Date;
  readonly message: NotificationMessage;
}
