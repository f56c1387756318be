import { expect, it, vi } from 'vitest';
import { addGatewayMetrics, createRegistry } from '#lib/platform/metrics/metrics.ts';
import { findCommand, stopCommand } from '#lib/store/gateway/commands.ts';
import { setGatewayDeactivated } from '#lib/store/gateway/gateways.ts';
import { encryptReply } from '../encryption.ts';
import { SERVER_VERSION, shareHubRig } from '../testing/hub-rig.ts';
import { followCommand } from './follow-command.ts';
import { createGatewayLoad } from './gateway-load.ts';
import type { HubContext } from './hub-context.ts';
import { sendCommand } from './send-command.ts';

const rig = shareHubRig();

const DONE = { ok: true, output: null } as const;
const refused = (code: string) => expect.objectContaining({ code });

/** Sends a command that costs little. */
const send = (hub: HubContext, to: string, over: Partial<Parameters<typeof sendCommand>[1]> = {}) =>
  sendCommand(hub, {
    ...{ name: 'dataset.release', to, title: 'Test', tokenCache: null, deadlineAt: null },
    ...{ input: { runId: 'run_1', attempt: 1 }, ...over },
  });

/** Everything that is reported about a command until its end. */
async function follow(hub: HubContext, id: string) {
  const events: unknown[] = [];
  const following = followCommand(hub, id, AbortSignal.timeout(20_000));
  for (;;) {
    const { done, value } = await following.next();
    if (done === true) return { events, result: value };
    if (value.kind === 'event') events.push(value.event);
  }
}

async function newGroup(): Promise<string> {
  await rig.db.gatewayGroup.create({ data: { id: 'gwg_1', name: 'North' } });
  return 'gwg_1';
}

it('a command goes to its gateway by whichever process holds the stream, and its answer to who waits at another', async () => {
  const [web, otherWeb, worker] = [rig.hub(), rig.hub(), rig.hub()];
  const [gateway, stranger] = [await rig.gateway('Plant'), await rig.gateway('Harbour')];
  const stream = gateway.open(web);
  expect(await stream.next()).toMatchObject({ kind: 'welcome', gatewayId: gateway.id });
  const waiting = stream.command();
  const id = await send(worker, gateway.id);
  const command = await waiting;
  expect(command).toMatchObject({ id, name: 'dataset.release', attempt: 1 });
  expect((await gateway.payload(command)).input).toEqual({ runId: 'run_1', attempt: 1 });
  const body = { attempt: 1, instance: stranger.instance };
  await expect(stranger.post(otherWeb, id, 'ack', body)).rejects.toThrow(refused('gateway-not-yours'));
  const following = follow(worker, id);
  await gateway.answer(otherWeb, command, DONE, [{ n: 1 }, { n: 2 }]);
  expect(await following).toEqual({ events: [{ n: 1 }, { n: 2 }], result: DONE });
  await stream.close();
  expect(await rig.db.gateway.findUnique({ where: { id: gateway.id } })).toMatchObject({ connectedSince: null, streamId: null });
});

it('what is sent twice has one effect', async () => {
  const hub = rig.hub();
  const gateway = await rig.gateway('Plant');
  const id = await send(hub, gateway.id);
  const command = await gateway.open(hub).command();
  const { replyKey } = await gateway.payload(command);
  const batch = async (first: number, events: readonly unknown[]) => ({
    ...{ attempt: 1, first, count: events.length, events: await encryptReply(replyKey, `events/${id}/1/${first}`, events) },
  });
  const [one, two] = [await batch(1, ['a', 'b']), await batch(3, ['c'])];
  await expect(gateway.post(hub, id, 'events', two)).rejects.toThrow(refused('gateway-events-missing'));
  expect(await gateway.post(hub, id, 'events', one)).toEqual({ stop: null, received: 2 });
  expect(await gateway.post(hub, id, 'events', one)).toEqual({ stop: null, received: 2 });
  const result = async (output: unknown) => ({
    ...{ kind: 'ended', attempt: 1, events: 3, result: await encryptReply(replyKey, `result/${id}/1`, { ok: true, output }) },
  });
  await expect(gateway.post(hub, id, 'result', await result(null))).rejects.toThrow(refused('gateway-events-missing'));
  await gateway.post(hub, id, 'events', two);
  await gateway.post(hub, id, 'result', await result(null));
  expect(await gateway.post(hub, id, 'result', await result('another'))).toEqual({ accepted: true });
  expect(await follow(hub, id)).toEqual({ events: ['a', 'b', 'c'], result: DONE });
});

it('after a break an acknowledged command is not sent again, an unacknowledged one is, and a new start of the process gets both', async () => {
  const [web, otherWeb] = [rig.hub(), rig.hub()];
  const gateway = await rig.gateway('Plant');
  const first = gateway.open(web);
  await first.next();
  const [known, unknown] = [await send(web, gateway.id), await send(web, gateway.id)];
  const commands = [await first.command(), await first.command()];
  expect(commands.map(({ id }) => id).toSorted()).toEqual([known, unknown].toSorted());
  await gateway.post(web, known, 'ack', { attempt: 1, instance: gateway.instance });
  // Another web process; the first has not noticed that its stream is broken.
  const second = gateway.open(otherWeb);
  expect(await second.command()).toMatchObject({ id: unknown, attempt: 1 });
  expect(await first.next()).toBeNull();
  await second.close();
  gateway.instance = `${gateway.instance}-again`;
  const third = gateway.open(web);
  const again = [await third.command(), await third.command()];
  expect(again.map(({ id, attempt }) => [id, attempt]).toSorted()).toEqual(
    [
      [known, 2],
      [unknown, 2],
    ].toSorted(),
  );
  await expect(gateway.post(web, known, 'ack', { attempt: 1, instance: 'x'.repeat(16) })).rejects.toThrow(
    refused('gateway-handed-over'),
  );
});

it('of a group any gateway takes a command, and another one once the first is silent for longer than its lease', async () => {
  const [web, otherWeb] = [rig.hub(), rig.hub()];
  const group = await newGroup();
  const [first, second] = [await rig.gateway('Plant 1', group), await rig.gateway('Plant 2', group)];
  const stream = first.open(web);
  await stream.next();
  const id = await send(web, group);
  const command = await stream.command();
  await first.post(web, id, 'ack', { attempt: 1, instance: first.instance });
  await rig.expireLeases(group);
  const taken = await second.open(otherWeb).command();
  expect(taken).toMatchObject({ id, attempt: 2 });
  // The first gateway returns, and its messages are refused.
  await expect(first.answer(web, command, DONE)).rejects.toThrow(refused('gateway-handed-over'));
  await second.answer(otherWeb, taken, DONE, ['second']);
  expect(await follow(web, id)).toEqual({ events: ['second'], result: DONE });
});

it('a gateway that was alone keeps its command over a lost lease, as the same attempt', async () => {
  const hub = rig.hub();
  const gateway = await rig.gateway('Plant');
  const stream = gateway.open(hub);
  const id = await send(hub, gateway.id);
  const command = await stream.command();
  await gateway.post(hub, id, 'ack', { attempt: 1, instance: gateway.instance });
  await stream.close();
  await rig.expireLeases(gateway.id);
  expect(await gateway.open(hub).command()).toMatchObject({ id, attempt: 1 });
  await gateway.answer(hub, command, DONE);
  expect((await follow(hub, id)).result).toEqual(DONE);
});

it('a command that was handed back goes on elsewhere, and a gateway that drains takes none', async () => {
  const hub = rig.hub();
  const group = await newGroup();
  const [first, second] = [await rig.gateway('Plant 1', group), await rig.gateway('Plant 2', group)];
  const stream = first.open(hub);
  const id = await send(hub, group);
  await stream.command();
  await first.status(hub, { draining: true });
  await first.post(hub, id, 'result', { kind: 'handed-back', attempt: 1 });
  expect(await second.open(hub).command()).toMatchObject({ id, attempt: 2 });
});

it('a stop reaches the gateway on its stream and in every answer', async () => {
  const hub = rig.hub();
  const gateway = await rig.gateway('Plant');
  const stream = gateway.open(hub);
  const [cancelled, givenUp] = [await send(hub, gateway.id), await send(hub, gateway.id)];
  await stream.command();
  await stream.command();
  await stopCommand(hub.db, cancelled, 'cancelled', rig.clock.now());
  await stopCommand(hub.db, givenUp, 'given-up', rig.clock.now());
  const told = [await stream.next(), await stream.next()];
  expect(told).toEqual(
    expect.arrayContaining([
      { kind: 'cancel', commandId: cancelled, reason: 'cancelled' },
      { kind: 'cancel', commandId: givenUp, reason: 'given-up' },
    ]),
  );
  const body = { attempt: 1, instance: gateway.instance };
  expect(await gateway.post(hub, cancelled, 'ack', body)).toEqual({ stop: 'cancelled' });
  expect(await gateway.post(hub, givenUp, 'ack', body)).toEqual({ stop: 'given-up' });
  expect((await follow(hub, givenUp)).result).toBeNull();
});

it('a short call that nobody waits for any more is not sent', async () => {
  const hub = rig.hub();
  const gateway = await rig.gateway('Plant');
  const next = gateway.open(hub).command();
  const late = await send(hub, gateway.id, { deadlineAt: new Date(rig.clock.now().getTime() - 1) });
  const over = async () => expect(await findCommand(hub.db, late)).toMatchObject({ state: 'ended', stop: 'given-up' });
  await vi.waitFor(over, { timeout: 20_000, interval: 50 });
  const id = await send(hub, gateway.id);
  expect(await next).toMatchObject({ id });
});

it('a command that cannot be sent is given up, and does not hold up the next one', async () => {
  const hub = rig.hub();
  const gateway = await rig.gateway('Plant');
  const [broken, deadly] = [await send(hub, gateway.id), await send(hub, gateway.id)];
  await rig.db.gatewayCommand.update({ where: { id: broken }, data: { payload: 'not an envelope' } });
  await rig.db.gatewayCommand.update({ where: { id: deadly }, data: { attempt: 30 } });
  const id = await send(hub, gateway.id);
  const stream = gateway.open(hub);
  expect(await stream.command()).toMatchObject({ id });
  // The queue is polled only while the gateway reads.
  const readingOn = stream.next().catch(() => null);
  const over = async () => {
    for (const other of [broken, deadly]) expect((await findCommand(hub.db, other))?.stop).toBe('given-up');
  };
  await vi.waitFor(over, { timeout: 20_000, interval: 50 });
  await stream.close();
  await readingOn;
});

it('a gateway learns that it can be upgraded and which of its stages are over, and a status says what it works on', async () => {
  const hub = rig.hub();
  const gateway = await rig.gateway('Plant');
  const stream = gateway.open(hub);
  const run = { runId: 'run_1', datasetRunId: null };
  await send(hub, gateway.id, { title: 'Nightly', run });
  await stream.command();
  expect(await gateway.status(hub, { version: '0.0.9' })).toMatchObject({ upgradeAvailable: true });
  expect(await gateway.status(hub)).toMatchObject({ upgradeAvailable: false });
  expect(await gateway.status(hub, { staged: ['dsrun_gone'] })).toMatchObject({ stagesOver: ['dsrun_gone'] });
  const { activity, version } = await rig.db.gateway.findUniqueOrThrow({ where: { id: gateway.id } });
  expect([activity, version]).toEqual([
    [expect.objectContaining({ kind: 'run', title: 'Nightly', runId: 'run_1' })],
    SERVER_VERSION,
  ]);
});

it('a scrape has the gateways by state and the commands that have not ended', async () => {
  const hub = rig.hub();
  const gateway = await rig.gateway('Plant');
  await rig.createGateway('Harbour');
  await gateway.open(hub).next();
  await send(hub, gateway.id);
  const registry = createRegistry('worker');
  addGatewayMetrics(registry, createGatewayLoad(rig.db, rig.clock));
  const scraped = await registry.metrics();
  for (const line of [
    'entrada_gateways{state="connected",part="worker"} 1',
    'entrada_gateways{state="never-connected",part="worker"} 1',
    'entrada_gateways{state="disconnected",part="worker"} 0',
    'entrada_gateway_commands{state="waiting",part="worker"} 1',
    'entrada_gateway_commands{state="acknowledged",part="worker"} 0',
  ])
    expect(scraped).toContain(line);
});

it('a gateway that is deactivated is told so, and its stream ends', async () => {
  const hub = rig.hub();
  const gateway = await rig.gateway('Plant');
  const stream = gateway.open(hub);
  await stream.next();
  await rig.db.$transaction((tx) => setGatewayDeactivated(tx, gateway.id, rig.clock.now()));
  expect(await stream.next()).toEqual({ kind: 'drain', reason: 'deactivated' });
  expect(await stream.next()).toBeNull();
});
