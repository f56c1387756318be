import { REFRESH_TOKEN_IDLE_DAYS } from '#lib/domain/connection/connection-warnings.ts';
import { formatCounted } from '#lib/domain/format.ts';
import type { NotificationMessage } from '#lib/domain/notification/event.ts';
import type {
  ConnectionCondition,
  GatewayCondition,
  MissedCondition,
  TaskCondition,
} from '#lib/store/notification/conditions.ts';

const DAY_MS = 86_400_000;

/** What ends on a connection, and when. */
interface Ending {
  /** Differs for each secret, certificate or sign-in. */
  readonly key: string;
  readonly endsAt: Date;
  readonly message: NotificationMessage;
}

/** `2026-03-01 09:00 UTC` */
const formatTime = (at: Date) => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function inDays(endsAt: Date, now: Date): string {
  const days = Math.floor((endsAt.getTime() - now.getTime()) / DAY_MS);
  if (days < 0) return 'has expired';
  return days === 0 ? 'expires within a day' : `expires in ${formatCounted(days, 'day')}`;
}

/** The end of the client secret or the certificate, where known. */
export function credentialEnds(
  { id, name, credentialExpiresAt: endsAt, certificateId }: ConnectionCondition,
  now: Date,
): Ending | null {
  if (endsAt === null) return null;
  const what = certificateId === null ? 'client secret' : 'certificate';
  return {
    key: `${id}/credential/${endsAt.toISOString()}`,
    endsAt,
    message: {
      title: `The ${what} of ${name} ${inDays(endsAt, now)}.`,
      facts: [
        { label: 'Connection', value: name },
        { label: 'Expires', value: formatTime(endsAt) },
      ],
      remedy:
        certificateId === null
          ? 'Create a new secret under Certificates & secrets of the app registration. Then choose Edit on the connection and paste its Value. Nobody has to sign in again.'
          : 'Choose Edit on the connection, generate a certificate and upload it to the app registration. Nobody has to sign in again.',
      path: `/connections/${id}`,
    },
  };
}

/** The end of a person's sign-in: Entra ends it when its tokens are not renewed for 90 days. */
export function signInEnds({ id, name, signIn, tokenCache }: ConnectionCondition, now: Date): Ending | null {
  if (signIn === 'app_only') return null;
  const renewedAt = tokenCache.updatedAt;
  const endsAt = new Date(renewedAt.getTime() + REFRESH_TOKEN_IDLE_DAYS * DAY_MS);
  return {
    key: `${id}/sign-in/${renewedAt.toISOString()}`,
    endsAt,
    message: {
      title: `The sign-in of ${name} ${inDays(endsAt, now)}.`,
      facts: [
        { label: 'Connection', value: name },
        { label: 'Last renewed', value: formatTime(renewedAt) },
      ],
      remedy: 'Choose Test connection on the connection to renew the sign-in. If Entra refuses the sign-in, authenticate again.',
      path: `/connections/${id}`,
    },
  };
}

export function gatewayAway(
  { id, name }: GatewayCondition,
  seenAt: Date,
  users: readonly { readonly name: string }[],
): NotificationMessage {
  return {
    title: `The data gateway ${name} is disconnected.`,
    facts: [
      { label: 'Last contact', value: formatTime(seenAt) },
      ...(users.length === 0 ? [] : [{ label: 'Connections that use it', value: users.map((user) => user.name).join(', ') }]),
    ],
    remedy:
      'Start the process or the machine of the gateway again, and check that it reaches this server by HTTPS. Runs that need the gateway wait for it.',
    path: `/gateways/${id}`,
  };
}

export function nothingLanded({ id, name, landedAt }: TaskCondition, hours: number): NotificationMessage {
  return {
    title: `${name} has landed no data for ${formatCounted(hours, 'hour')}.`,
    facts: [
      { label: 'Task', value: name },
      { label: 'Last landed', value: landedAt === null ? 'Never' : formatTime(landedAt) },
    ],
    remedy: 'Check the last runs and the schedule of the task. To end these notifications, pause the task.',
    path: `/tasks/${id}`,
  };
}

export function scheduleMissed({ taskId, taskName, times, first, last }: MissedCondition): NotificationMessage {
  const span = times === 1 ? formatTime(first) : `${formatTime(first)} to ${formatTime(last)}`;
  return {
    title: `The schedule of ${taskName} missed ${formatCounted(times, 'planned time')}.`,
    facts: [
      { label: 'Task', value: taskName },
      { label: 'Planned', value: span },
    ],
    remedy:
      'No worker ran at that time. Check that Entrada and its workers run. The schedule of the task sets whether missed runs are made up for.',
    path: `/tasks/${taskId}`,
  };
}
