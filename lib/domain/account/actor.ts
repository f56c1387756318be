import { z } from 'zod';
import type { TokenScope } from './api-token.ts';
import type { Role } from './role.ts';

/** Kinds of actors. Stored with every audit event and every run. */
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

/** A person in a browser. */
export interface UserActor extends Person {
  readonly kind: 'user';
  /** SHA-256 of the session id in the cookie. */
  readonly sessionHash: string;
  /** When the person last entered their password, or signed in at Microsoft (`auth_time` of OpenID Connect). */
  readonly authTime: Date;
}

/** A program with an API token. It acts in the name of the token's owner, with the owner's current role. */
export interface ApiTokenActor extends Person {
  readonly kind: 'apiToken';
  readonly tokenId: string;
  readonly tokenName: string;
  readonly scopes: readonly TokenScope[];
  /** The only connection that the token may use; null: all. */
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

/** A data gateway that reports about its own work. */
export interface GatewayActor {
  readonly kind: 'gateway';
  readonly gatewayId: string;
  readonly gatewayName: string;
}

/** A person with a shell on this machine: `entrada run`, `entrada admin`. */
export interface CliActor {
  readonly kind: 'cli';
}

/** Work that Entrada starts without a person. */
export interface JobActor {
  readonly kind: 'job';
  /** Kebab-case, e.g. `reload-run`. */
  readonly jobName: string;
}

/** Who makes a request. Identity never comes from input. */
export type Actor = UserActor | ApiTokenActor | ScheduleActor | GatewayActor | CliActor | JobActor;

/** An actor with a person's role. */
export type PersonActor = UserActor | ApiTokenActor;

/** A stored actor: ids, and the name at the time of the action, since tokens and schedules may be deleted later. */
export interface ActorRef {
  readonly kind: ActorKind;
  /** Id of the user, token, schedule or gateway, or the name of the job; null for the command line. */
  readonly id: string | null;
  /** The person in whose name it acted; null: none. */
  readonly userId: string | null;
  /** Display name: `ada@contoso.com`, `API token nightly of ada@contoso.com`. */
  readonly name: string;
}

/** The reference that audit events and runs store for an actor. */
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

/** The reference of a person who identifies themselves by the action: they sign in, or set a password by a link. */
export function userRef({ id, email }: { readonly id: string; readonly email: string }): ActorRef {
  return { kind: 'user', id, userId: id, name: email };
}

const JOB_LABEL: Readonly<Record<string, string>> = { setup: 'Set-up', 'remove-history': 'Retention' };

/** One text for an actor, for filters and comparisons: `user:user_…`, `apiToken:tok_…`, `job:reload-run`, `cli`. */
export function actorKey({ kind, id }: Pick<ActorRef, 'kind' | 'id'>): string {
  return id === null ? kind : `${kind}:${id}`;
}

/** The actor of a key; null when the text is not a key. */
export function parseActorKey(key: string): Pick<ActorRef, 'kind' | 'id'> | null {
  const colon = key.indexOf(':');
  const kind = ActorKind.safeParse(colon < 0 ? key : key.slice(0, colon));
  return kind.success ? { kind: kind.data, id: colon < 0 ? null : key.slice(colon + 1) } : null;
}
