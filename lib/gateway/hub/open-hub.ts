import type { Log } from '#lib/platform/log.ts';
import { createNotifications, type Notifications } from '#lib/platform/postgres/notifications.ts';
import { GATEWAY_CHANNEL } from '#lib/store/gateway/commands.ts';
import { type CommandQueue, createCommandQueue } from './command-queue.ts';

/** Open connections of a hub: one of each per process. */
export interface HubConnections {
  readonly commands: CommandQueue;
  readonly notifications: Notifications;
  stop(): Promise<void>;
}

/** Connects at the first use. */
export function openHub({ databaseUrl, log }: { readonly databaseUrl: string; readonly log: Log }): HubConnections {
  const commands = createCommandQueue({ databaseUrl, log });
  const onError = (error: unknown) => log.error({ err: error }, 'notifications of gateways');
  const notifications = createNotifications({ databaseUrl, channel: GATEWAY_CHANNEL, onError });
  return {
    commands,
    notifications,
    async stop() {
      await notifications.stop();
      await commands.stop();
    },
  };
}
