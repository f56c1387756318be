import type { Actor } from '#lib/domain/account/actor.ts';
import type { Cloud, DemoConnectionDto } from '#lib/domain/connection/connection.ts';
import type { RunState } from '#lib/domain/run/run.ts';
import type { DeliveryConfig } from '#lib/notification/delivery-config.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { KeyRing } from '#lib/platform/crypto/crypto.ts';
import type { Log } from '#lib/platform/log.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import type { Notifications } from '#lib/platform/postgres/notifications.ts';
import type { SessionLimits } from '#lib/store/account/sessions.ts';
import type { RunQueue, SourceResolver, TargetResolver } from './ports.ts';

/** The part of the configuration that services need. */
export interface ServiceConfig {
  /** Public address of the app, without trailing slash; the redirect URI starts with it. */
  readonly baseUrl: string;
  readonly demo: DemoConnectionDto | null;
  /** Every cloud that a connection may use: Microsoft's and the operator's own. */
  readonly clouds: readonly Cloud[];
  readonly sessionLimits: SessionLimits;
  /** How notifications are sent. */
  readonly delivery: DeliveryConfig;
}

/** Dependencies of every service. */
export interface Context {
  readonly actor: Actor;
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  /** Operations on Entra and Graph. */
  readonly executor: SourceResolver;
  /** Operations on targets. */
  readonly targets: TargetResolver;
  readonly queue: RunQueue;
  /** Wakes the watchers of a run; topics are ids of runs. Without it they poll. */
  readonly runChanges?: Notifications;
  /** Counts runs that end without a worker. */
  readonly onRunEnded?: (state: RunState) => void;
  /** Wakes the watchers of gateways. Without it they poll. */
  readonly gatewayChanges?: Notifications;
  /** Encrypts and decrypts stored secrets. */
  readonly ring: KeyRing;
  readonly config: ServiceConfig;
}

/** Dependencies of work at the source, which jobs also have. */
export type SourceContext = Omit<Context, 'queue' | 'config' | 'targets'>;

/** Arguments of a service: `verbNoun({ ctx, input })`. The service parses `input` again. */
export interface Call<I> {
  readonly ctx: Context;
  readonly input: I;
}
