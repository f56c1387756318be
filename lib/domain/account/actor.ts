import { z } from 'zod';
import type { TokenScope } from './api-token.ts';
import type { Role } from './role.ts';

/** Who or what can act. Stored with every line of the audit trail and with every run. */
export const ActorKind = z.enum(['user', 'apiToken', 'schedule', 'gateway', 'cli', 'job']);
export type ActorKind = z.infer<typeof ActorKind>;

export const ACTOR_KIND_LABEL = {
  user: 'Person',
  apiToken: 'API token',
  schedule: 'Schedule',
  gateway: 'Data gateway',
  cli: 'Command line',
  job: 'Background job',
} as const satisfies Record<ActorKind, string>;

interface Person {
  readonly userId: string;
  readonly email: string;
  readonly role: Role;
}

/** A person at a browser. */
export interface UserActor extends Person {
  readonly kind: 'user';
  /** SHA-256 of the session id that the cookie holds. */
  readonly sessionHash: string;
  /** When the person last typed their password, or signed in at Microsoft (OpenID Connect's `auth_time`). */
  readonly authTime: Date;
}

/** A program with an API token; acts in the name of the token's owner, whose role of now it has. */
export interface ApiTokenActor extends Person {
  readonly kind: 'apiToken';
  readonly tokenId: string;
  readonly tokenName: string;
  readonly scopes: readonly TokenScope[];
  /** The one connection that the token is limited to; null: all. */
  readonly connectionId: string | null;
}

/** A schedule; acts in the name of its owner. */
export interface ScheduleActor {
  readonly kind: 'schedule';
  readonly scheduleId: string;
  readonly scheduleName: string;
  readonly userId: string;
  readonly email: string;
}

/** A data gateway, which reports about its own work. */
export interface GatewayActor {
  readonly kind: 'gateway';
  readonly gatewayId: string;
  readonly gatewayName: string;
}

/** Somebody with a shell on this machine: `entrada run`, `entrada admin`. */
export interface CliActor {
  readonly kind: 'cli';
}

/** Work that Entrada does by itself. */
export interface JobActor {
  readonly kind: 'job';
  /** Kebab-case, e.g. `reload-run`. */
  readonly jobName: string;
}

/** Who asks. Identity never comes from input. */
export type Actor = UserActor | ApiTokenActor | ScheduleActor | GatewayActor | CliActor | JobActor;

/** Acts in the name of a person who has a role. */
export type PersonActor = UserActor | ApiTokenActor;

/** An actor as it is stored: ids to find it by, and what it was called then, since tokens and schedules may be deleted. */
export interface ActorRef {
  readonly kind: ActorKind;
  /** User, token, schedule or gateway id, or the name of the job; null for the command line. */
  readonly id: string | null;
  /** The person in whose name it acted; null where there is none. */
  readonly userId: string | null;
  /** In words, for people: `ada@contoso.com`, `API token nightly of ada@contoso.com`. */
  readonly name: string;
}

/** The reference by which the audit trail and runs name an actor. */
export function actorRef(actor: Actor): ActorRef {
  switch (actor.kind) {
    case 'user':
      return userRef({ id: actor.userId, email: actor.email });
    case 'apiToken':
      return {
        kind: 'apiToken',
        id: actor.tokenId,
        userId: actor.userId,
        name: `API token ${actor.tokenName} of ${actor.email}`,
      };
    case 'schedule':
      return {
        kind: 'schedule',
        id: actor.scheduleId,
        userId: actor.userId,
        name: `Schedule ${actor.scheduleName} of ${actor.email}`,
      };
    case 'gateway':
      return { kind: 'gateway', id: actor.gatewayId, userId: null, name: `Data gateway ${actor.gatewayName}` };
    case 'cli':
      return { kind: 'cli', id: null, userId: null, name: ACTOR_KIND_LABEL.cli };
    case 'job':
      return { kind: 'job', id: actor.jobName, userId: null, name: JOB_LABEL[actor.jobName] ?? `Job ${actor.jobName}` };
  }
}

/** A person who proves who they are by what they do: sign in, set a password by a link. */
export function userRef({ id, email }: { readonly id: string; readonly email: string }): ActorRef {
  return { kind: 'user', id, userId: id, name: email };
}

const JOB_LABEL: Readonly<Record<string, string>> = { setup: 'Set-up' };

/** One text for an actor, to filter by and to compare: `user:user_…`, `apiToken:tok_…`, `job:reload-run`, `cli`. */
export function actorKey({ kind, id }: Pick<ActorRef, 'kind' | 'id'>): string {
  return id === null ? kind : `${kind}:${id}`;
}

/** The actor of a key; null when the text is none. */
export function parseActorKey(key: string): Pick<ActorRef, 'kind' | 'id'> | null {
  const colon = key.indexOf(':');
  const kind = ActorKind.safeParse(colon < 0 ? key : key.slice(0, colon));
  return kind.success ? { kind: kind.data, id: colon < 0 ? null : key.slice(colon + 1) } : null;
}
