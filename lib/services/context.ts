import type { Role } from '#lib/domain/role.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { Db } from '#lib/platform/db.ts';
import type { Log } from '#lib/platform/log.ts';
import type { Executor } from './ports.ts';

/** Who asks. Identity never comes from input. */
export type Actor =
  | { readonly type: 'user'; readonly userId: string; readonly email: string; readonly role: Role }
  | { readonly type: 'job'; readonly jobName: string }
  /** Somebody with a shell on this machine: `entrada run`, `entrada admin`. */
  | { readonly type: 'cli' };

/** What every service is given. */
export interface Context {
  readonly actor: Actor;
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly executor: Executor;
}
