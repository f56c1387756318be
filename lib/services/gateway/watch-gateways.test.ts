import { expect, it, onTestFinished } from 'vitest';
import type { GatewayDto } from '#lib/domain/gateway/gateway-dto.ts';
import { createNotifications, type Notifications } from '#lib/platform/postgres/notifications.ts';
import { GATEWAY_CHANNEL } from '#lib/store/gateway/commands.ts';
import { closeStream, openStream } from '#lib/store/gateway/gateway-identity.ts';
import { createTestWorld } from '../testing/test-context.ts';
import { createGateway } from './create-gateway.ts';
import { setGatewayActive } from './set-gateway-active.ts';
import { watchGateways } from './watch-gateways.ts';

async function createWatched(notifications: (databaseUrl: string) => Notifications) {
  const world = await createTestWorld();
  const ctx = await world.as('admin');
  const { id } = (await createGateway({ ctx, input: { name: 'Plant' } })).gateway;
  await world.db.gateway.update({ where: { id }, data: { registeredAt: world.clock.now() } });
  const gatewayChanges = notifications(world.url);
  const stop = new AbortController();
  const watch = await watchGateways({ ctx: { ...(await world.as('viewer')), gatewayChanges }, input: {} });
  const events = watch(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await events.return(undefined);
    await gatewayChanges.stop();
  });
  const next = async (): Promise<GatewayDto['state'] | undefined> => (await events.next()).value?.[0]?.state;
  const { db, clock } = world;
  return { ctx, db, clock, id, next };
}

/** Notifications alone: a reading without one would come too late for the test. */
function withoutTimeouts(databaseUrl: string): Notifications {
  const real = createNotifications({ databaseUrl, channel: GATEWAY_CHANNEL, onError: () => undefined });
  return {
    ...real,
    watch(topics) {
      const { next, stop } = real.watch(topics);
      return { next: (_ms, signal) => next(600_000, signal), stop };
    },
  };
}

it('shows a gateway that connects, disconnects or is deactivated, because a notification says so', async () => {
  const { ctx, db, clock, id, next } = await createWatched(withoutTimeouts);
  expect(await next()).toBe('disconnected');
  await openStream(db, id, { streamId: 'one', instance: 'instance-of-a-test', at: clock.now() });
  expect(await next()).toBe('connected');
  await closeStream(db, id, 'one');
  expect(await next()).toBe('disconnected');
  await setGatewayActive({ ctx, input: { gatewayId: id, active: false } });
  expect(await next()).toBe('deactivated');
});

it('shows a gateway that fell silent, which nothing notifies of', async () => {
  const { db, clock, id, next } = await createWatched(() => ({
    watch: () => ({ next: async () => false, stop: () => undefined }),
    stop: async () => undefined,
  }));
  await openStream(db, id, { streamId: 'one', instance: 'instance-of-a-test', at: clock.now() });
  expect(await next()).toBe('connected');
  clock.forward(61_000);
  expect(await next()).toBe('disconnected');
});
