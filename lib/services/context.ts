import type { Actor } from '#lib/domain/account/actor.ts';
import type { Cloud, DemoConnectionDto } from '#lib/domain/connection/connection.ts';
import type { DeliveryConfig } from '#lib/notification/delivery-config.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { KeyRing } from '#lib/platform/crypto/crypto.ts';
import type { Log } from '#lib/platform/log.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import type { Notifications } from '#lib/platform/postgres/notifications.ts';
import type { SessionLimits } from '#lib/store/account/sessions.ts';
import type { RunQueue, SourceResolver, TargetResolver } from './ports.ts';

/** What the operator configured, as far as services need it. */
export interface ServiceConfig {
  /** Where people reach the app, without trailing slash; the redirect URI is below it. */
  readonly baseUrl: string;
  readonly demo: DemoConnectionDto | null;
  /** Every cloud that a connection may talk to: Microsoft's and the operator's own. */
  readonly clouds: readonly Cloud[];
  readonly sessionLimits: SessionLimits;
  /** How notifications leave. */
  readonly delivery: DeliveryConfig;
}

/** What every service is given. */
export interface Context {
  readonly actor: Actor;
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  /** What may be asked of Entra and Graph. */
  readonly executor: SourceResolver;
  /** What may be done with targets. */
  readonly targets: TargetResolver;
  readonly queue: RunQueue;
  /** Wakes whoever watches a run; the topics are ids of runs. Without it they look again and again. */
  readonly runChanges?: Notifications;
  /** Opens and seals what the store keeps secret. */
  readonly ring: KeyRing;
  readonly config: ServiceConfig;
}

/** What work at the source needs; jobs have it too. */
export type SourceContext = Omit<Context, 'queue' | 'config' | 'targets'>;

/** A call of a service: `verbNoun({ ctx, input })`. `input` is parsed again by the service. */
export interface Call<I> {
  readonly ctx: Context;
  readonly input: I;
}
