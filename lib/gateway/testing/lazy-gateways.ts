import type { Clock } from '#lib/platform/clock.ts';
import type { KeyRing } from '#lib/platform/crypto/crypto.ts';
import type { Log } from '#lib/platform/log.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { createNotifications } from '#lib/platform/postgres/notifications.ts';
import { createCommandQueue } from '../hub/command-queue.ts';
import { createRefusalLog } from '../hub/refusal-log.ts';

/** The part of a composition that answers gateways, for tests in which no proof is valid. */
export function lazyGateways(of: { readonly db: Db; readonly ring: KeyRing; readonly clock: Clock; readonly log: Log }) {
  const { db, ring, clock, log } = of;
  const nowhere = 'postgres://nobody@127.0.0.1:1/nowhere';
  const commands = createCommandQueue({ databaseUrl: nowhere, log });
  const notifications = createNotifications({ databaseUrl: nowhere, channel: 'none', onError: () => undefined });
  const hub = { db, ring, clock, log, commands, notifications, baseUrl: 'http://localhost:3000', serverVersion: '0.1.0' };
  return { hub, refusals: createRefusalLog(hub) };
}
