import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  createMailReceiver,
  createWebhookReceiver,
  MAIL_PASSWORD,
  type MailReceiver,
  type WebhookReceiver,
} from '#lib/notification/testing/receivers.ts';
import { newSigningSecret } from '#lib/notification/webhook-signature.ts';
import { newId } from '#lib/platform/id.ts';
import { publishNotification } from '#lib/services/notification/publish-notification.ts';
import { createTestWorld, type TestWorld } from '#lib/services/testing/test-context.ts';
import { insertChannel } from '#lib/store/notification/channels.ts';
import { listDeliveryRows, listDueDeliveries, reviveDelivery } from '#lib/store/notification/deliveries.ts';
import { replaceMailSettings } from '#lib/store/notification/mail-settings.ts';
import { saveRule } from '#lib/store/notification/rules.ts';
import { type DeliverDeps, deliverNotification } from './deliver-notification.ts';

const MINUTE_MS = 60_000;
let webhook: WebhookReceiver;
let mail: MailReceiver;
let world: TestWorld;
let deps: DeliverDeps;
const channels = { webhook: newId('nchn'), email: newId('nchn') };

beforeAll(async () => {
  webhook = await createWebhookReceiver();
  mail = await createMailReceiver();
});
afterAll(async () => {
  await webhook.stop();
  await mail.stop();
});

beforeEach(async () => {
  world = await createTestWorld();
  const { ring, config } = await world.as('admin');
  deps = { db: world.db, clock: world.clock, ring, delivery: config.delivery, baseUrl: config.baseUrl };
  webhook.received.length = 0;
  mail.received.length = 0;
  webhook.answer = 204;
  await world.db.$transaction(async (tx) => {
    const secrets = { url: `${webhook.url}/hook`, signingSecret: newSigningSecret() };
    const access = { kind: 'webhook', settings: { host: '127.0.0.1', to: [] }, secrets } as const;
    await insertChannel(tx, ring, { id: channels.webhook, name: 'Hook', access });
    const mailing = { kind: 'email', settings: { host: null, to: ['ada@contoso.test'] }, secrets: null } as const;
    await insertChannel(tx, ring, { id: channels.email, name: 'Mail', access: mailing });
    const server = { host: '127.0.0.1', port: mail.port, tls: 'none', user: 'entrada', password: MAIL_PASSWORD } as const;
    await replaceMailSettings(tx, ring, { ...server, sender: 'entrada@contoso.test' });
    await saveRule(tx, newId('nrul'), {
      ...{ name: 'All', enabled: true, events: ['run-failed'], connectionId: null, taskId: null, inbox: false },
      ...{ channelIds: Object.values(channels), daysBefore: 14, awayMinutes: 10, silentHours: 24 },
    });
  });
});

async function publish(key: string) {
  const message = { title: `Run ${key} failed.`, facts: [], remedy: 'Look at it.', path: '/runs/run_1' };
  const trigger = { event: 'run-failed', key, at: world.clock.now(), message, taskId: null, connectionId: null } as const;
  await world.db.$transaction((tx) => publishNotification(tx, trigger));
}

/** Runs the worker's handling of the outbox every `step` minutes for the given time. */
async function work(minutes: number, step = 1) {
  for (let minute = 0; minute <= minutes; minute += step) {
    for (const id of await listDueDeliveries(world.db, world.clock.now(), 100)) await deliverNotification(deps, id);
    world.clock.forward(step * MINUTE_MS);
  }
}

const deliveries = () =>
  listDeliveryRows(world.db, { state: null, channelId: null, before: null, limit: 100, connectionIds: null });
const titlesOf = (texts: readonly string[]) => texts.flatMap((text) => text.match(/Run \w+ failed/) ?? []).toSorted();

it('after receivers were away for 30 minutes, each has every notification, and none twice', async () => {
  await webhook.stop();
  await mail.stop();
  for (const key of ['a', 'b', 'c']) {
    await publish(key);
    await work(10, 2);
  }
  expect((await deliveries()).every(({ state, log }) => state === 'pending' && log.every(({ delivered }) => !delivered))).toBe(
    true,
  );
  await webhook.start();
  await mail.start();
  await work(60, 5);
  const all = ['Run a failed', 'Run b failed', 'Run c failed'];
  expect(titlesOf(webhook.received.map(({ body }) => body))).toEqual(all);
  expect(titlesOf(mail.received)).toEqual(all);
  const ended = await deliveries();
  expect(ended.map(({ state }) => state)).toEqual(Array(6).fill('delivered'));
  for (const { attempts, log } of ended)
    expect(log.map(({ number }) => number)).toEqual(Array.from({ length: attempts }, (_, i) => i + 1));
  expect(mail.signedIn).toContain('entrada');
});

it('a delivery whose answer got lost comes again under the same id, so that the receiver can leave it out', async () => {
  webhook.answer = 'hang-up';
  await publish('lost');
  await work(1);
  webhook.answer = 204;
  await work(2);
  const ids = webhook.received.map(({ headers }) => headers['webhook-id']);
  expect(ids.length).toBeGreaterThan(1);
  expect(new Set(ids).size).toBe(1);
  expect(mail.received[0]).toMatch(/^Message-ID: <ndel_\w+@localhost>/m);
});

it('a line break in a title adds no header to an e-mail', async () => {
  await publish('a\r\nBcc: eve@contoso.test\r\n');
  await work(1);
  const [headers = ''] = mail.received[0]?.split(/\r?\n\r?\n/) ?? [];
  expect(headers).toMatch(/^Subject: .*Run a/m);
  expect(headers).not.toMatch(/^Bcc:/m);
});

it('two workers at once send a delivery once, and one whose worker died is taken up by another', async () => {
  await publish('shared');
  const ids = await listDueDeliveries(world.db, world.clock.now(), 10);
  await Promise.all([...ids, ...ids, ...ids].map((id) => deliverNotification(deps, id)));
  expect([webhook.received.length, mail.received.length]).toEqual([1, 1]);
  await publish('dead');
  await world.db.notificationDelivery.updateMany({
    where: { state: 'pending' },
    data: { claimedUntil: new Date(world.clock.now().getTime() + 2 * MINUTE_MS), attempts: 1 },
  });
  await work(1);
  expect(webhook.received).toHaveLength(1);
  await work(2);
  expect([webhook.received.length, mail.received.length]).toEqual([2, 2]);
});

it('a receiver that refuses for more than a day is given up, and reached again by Send again', async () => {
  webhook.answer = 500;
  await publish('refused');
  await work(23 * 60, 30);
  const dead = async () => (await deliveries()).find(({ channelKind }) => channelKind === 'webhook');
  expect(await dead()).toMatchObject({ state: 'pending' });
  await work(3 * 60, 30);
  const given = await dead();
  expect(given).toMatchObject({ state: 'dead', log: expect.arrayContaining([expect.objectContaining({ answer: 'HTTP 500' })]) });
  expect(given?.attempts).toBeLessThan(50);
  webhook.answer = 204;
  await world.db.$transaction((tx) => reviveDelivery(tx, given?.id ?? '', { at: world.clock.now(), connectionIds: null }));
  await work(1);
  expect(await dead()).toMatchObject({ state: 'delivered' });
});

it('a channel in a network that is not allowed is not reached, and the log says what to do', async () => {
  deps = { ...deps, delivery: { ...deps.delivery, networks: [] } };
  await publish('inside');
  await work(0);
  expect([webhook.received.length, mail.received.length]).toEqual([0, 0]);
  for (const { log } of await deliveries()) expect(log[0]?.answer).toContain('ENTRADA_NOTIFICATION_NETWORKS');
});
