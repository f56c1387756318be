import { z } from 'zod';
import { ActorKind, type ActorRef } from './actor.ts';

/** Labels of actions on the audit page; an action without a label shows its own name. */
export const AUDIT_ACTION_LABEL: Readonly<Record<string, string>> = {
  'audit.export': 'Exported the audit trail',
  'certificate.generate': 'Generated a certificate',
  'certificate.upload': 'Uploaded a certificate',
  'connection.authenticate-again': 'Authenticated a connection again',
  'connection.create': 'Created a connection',
  'connection.delete': 'Deleted a connection',
  'connection.duplicate': 'Duplicated a connection',
  'connection.generate-metadata': 'Generated metadata',
  'connection.rename': 'Renamed a connection',
  'connection.set-access': 'Changed who may use a connection',
  'connection.test': 'Tested a connection',
  'connection.update': 'Edited a connection',
  'dataset.add': 'Added a dataset',
  'dataset.remove': 'Removed datasets',
  'dataset.sample': 'Viewed live rows',
  'dataset.select': 'Chose datasets',
  'dataset.set-filter': 'Changed a filter',
  'dataset.update': 'Changed a dataset',
  'dataset.update-columns': 'Changed columns',
  'gateway-group.create': 'Created a gateway group',
  'gateway-group.delete': 'Deleted a gateway group',
  'gateway-group.update': 'Edited a gateway group',
  'gateway.activate': 'Activated a data gateway',
  'gateway.create': 'Created a data gateway',
  'gateway.create-key': 'Created a new registration key',
  'gateway.deactivate': 'Deactivated a data gateway',
  'gateway.delete': 'Deleted a data gateway',
  'gateway.refuse': 'Refused a data gateway',
  'gateway.register': 'Registered a data gateway',
  'gateway.update': 'Edited a data gateway',
  'landed.read': 'Viewed landed rows',
  'metadata.cancel': 'Cancelled a metadata job',
  'metadata.decide': 'Decided on metadata differences',
  'metadata.generate': 'Generated metadata by sampling',
  'metadata.import': 'Imported metadata',
  'metadata.probe': 'Checked access',
  'metadata.redo': 'Redid an edit',
  'metadata.undo': 'Undid an edit',
  'retention.delete': 'Deleted history that is older than the retention',
  'retention.update': 'Changed how long history is kept',
  'run.cancel': 'Cancelled a run',
  'run.end': 'Ended a run',
  'run.start': 'Started a run',
  'secret.reseal': 'Changed the encryption key of secrets',
  'target.create': 'Created a target',
  'target.delete': 'Deleted a target',
  'target.test': 'Tested a target',
  'target.update': 'Edited a target',
  'task.create': 'Created a task',
  'task.delete': 'Deleted a task',
  'task.prepare': 'Created the tables of a task in advance',
  'token.create': 'Created an API token',
  'token.revoke': 'Revoked an API token',
  'user.accept-invitation': 'Accepted an invitation',
  'user.change-own-password': 'Changed their own password',
  'user.change-role': 'Changed a role',
  'user.change-role-by-entra': 'Changed a role by a rule for Microsoft sign-in',
  'user.create': 'Created a user',
  'user.create-first': 'Created the first user',
  'user.create-from-entra': 'Got an account by signing in with Microsoft',
  'user.create-password-link': 'Created a link to set a password',
  'user.disable': 'Disabled a user',
  'user.enable': 'Enabled a user',
  'user.end-session': 'Ended one of their sessions',
  'user.end-sessions': 'Ended their own sessions',
  'user.invite': 'Invited a user',
  'user.set-entra-roles': 'Changed the role rules for Microsoft sign-in',
  'user.set-password': 'Set a password',
  'user.sign-in': 'Signed in',
  'verification.start': 'Started a sign-in at Microsoft',
  'verification.test': 'Tested a sign-in',
  'verification.verify': 'Verified a sign-in',
};

/** A time, or a date in UTC as date inputs send it; an empty text counts as absent. */
const Time = z
  .union([z.literal('').transform(() => null), z.iso.date(), z.iso.datetime({ offset: true })], 'Enter a day as year-month-day.')
  .nullable()
  .default(null);
const Text = z
  .string()
  .trim()
  .max(200, 'At most 200 characters.')
  .transform((text) => (text === '' ? null : text))
  .nullable()
  .default(null);

/** Filter of audit events; all given conditions must hold. */
export const AuditFilter = z.object({
  /**
   * A person (`user:user_…`): their own actions and those of their tokens and schedules. Any other actor (`apiToken:tok_…`, `cli`): its own actions.
   */
  person: Text,
  /** Only actions of this kind of actor. */
  kind: z
    .union([z.literal('').transform(() => null), ActorKind], 'Choose one of the listed actors.')
    .nullable()
    .default(null),
  /** E.g. `connection.create`; `connection.*` for all actions on connections. */
  action: Text,
  /** Id of the subject (or of the connection that it belongs to), or part of its name. */
  subject: Text,
  /** Inclusive. */
  from: Time,
  /** Inclusive; a date includes the whole day. */
  to: Time,
});
export type AuditFilter = z.output<typeof AuditFilter>;

const DAY_MS = 86_400_000;

/** The time range of a filter: from inclusive, until exclusive. */
export function auditRange({ from, to }: Pick<AuditFilter, 'from' | 'to'>): {
  readonly from: Date | null;
  readonly until: Date | null;
} {
  const isDay = (text: string) => !text.includes('T');
  return {
    from: from === null ? null : new Date(from),
    until: to === null ? null : new Date(Date.parse(to) + (isDay(to) ? DAY_MS : 1)),
  };
}

/** One audit event. */
export interface AuditEventDto {
  readonly id: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly actor: ActorRef;
  readonly action: string;
  readonly subjectId: string | null;
  /** The current name of the subject, or its name at the time of the action. */
  readonly subjectName: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A page of audit events, newest first. */
export interface AuditPageDto {
  readonly events: readonly AuditEventDto[];
  /** Start of the next (older) page; null at the end. */
  readonly next: string | null;
}

/** Values to filter by. */
export interface AuditFacetsDto {
  /** `actor`: its key (`actorKey`). */
  readonly people: readonly { readonly actor: string; readonly name: string }[];
  readonly actions: readonly string[];
}
