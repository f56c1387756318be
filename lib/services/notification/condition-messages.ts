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
  if (days < 0) return 'has ended';
  return days === 0 ? 'ends within a day' : `ends in ${formatCounted(days, 'day')}`;
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
        { label: 'Ends', value: formatTime(endsAt) },
      ],
      remedy:
        certificateId === null
          ? 'Make a new one under Certificates & secrets of the app registration, then choose Edit on the connection and paste its Value. Nobody has to sign in again.'
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
      remedy: 'Choose Test connection on the connection: that renews it. If Entra refuses, authenticate again.',
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
    title: `The data gateway ${name} is away.`,
    facts: [
      { label: 'Last heard from', value: formatTime(seenAt) },
      ...(users.length === 0 ? [] : [{ label: 'Connections behind it', value: users.map((user) => user.name).join(', ') }]),
    ],
    remedy:
      'Start its process or its machine again, and check that it reaches this server by HTTPS. Runs that need it wait for it.',
    path: `/gateways/${id}`,
  };
}

export function nothingLanded({ id, name, landedAt }: TaskCondition, hours: number): NotificationMessage {
  return {
    title: `${name} landed nothing for ${formatCounted(hours, 'hour')}.`,
    facts: [
      { label: 'Task', value: name },
      { label: 'Last landed', value: landedAt === null ? 'Never' : formatTime(landedAt) },
    ],
    remedy: 'Look at the last runs of the task, and whether it is scheduled. A task that is paused is left out.',
    path: `/tasks/${id}`,
  };
}

export function scheduleMissed({ taskId, taskName, times, first, last }: MissedCondition): NotificationMessage {
  const span = times === 1 ? formatTime(first) : `${formatTime(first)} to ${formatTime(last)}`;
  return {
    title: `The schedule of ${taskName} missed ${formatCounted(times, 'time')}.`,
    facts: [
      { label: 'Task', value: taskName },
      { label: 'Planned', value: span },
    ],
    remedy: 'No worker ran then. Check that Entrada and its workers run; the schedule says what becomes of missed runs.',
    path: `/tasks/${taskId}`,
  };
}
