import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { parseEnv } from '#lib/platform/config/env.ts';
import { inSpan } from '#lib/platform/tracing/span.ts';
import { startTracing } from '#lib/platform/tracing/start-tracing.ts';
import { startOtlpReceiver } from '#lib/platform/tracing/testing/otlp-receiver.ts';
import type { RunningGateway } from './start-gateway.ts';
import type { FakeCommand } from './testing/fake-hub.ts';
import { createGatewayRig, type GatewayRig, outputOf, reportOf, type SignedIn } from './testing/gateway-rig.ts';

let rig: GatewayRig;
let tenant: SignedIn;
let running: RunningGateway | null;
beforeAll(async () => {
  rig = await createGatewayRig();
  running = await rig.start();
  await rig.hub.connected();
  tenant = await rig.signIn();
});
afterAll(async () => {
  await running?.stop();
  await rig.close();
});

/** Graph answers slowly and in small pages, so that the run can be interrupted. */
async function slowly(): Promise<void> {
  await rig.setFaults({ pageSizeMax: 20, latencyMs: 60 });
  onTestFinished(() => rig.setFaults({}));
}

const untilReading = (command: FakeCommand) =>
  vi.waitFor(
    () => expect([...command.events.values()].at(-1) ?? []).toContainEqual(expect.objectContaining({ state: 'reading' })),
    {
      timeout: 20_000,
      interval: 5,
    },
  );

const stages = (): readonly string[] => readdirSync(join(rig.dataDir, 'work'));

it('reloads datasets, several at once, into a target that it reaches: the rows are those that the official SDK reads', async () => {
  const commands = await Promise.all(
    (['users', 'group_members'] as const).map((name) => rig.hub.send('dataset.run', tenant.assignment(name, { runId: 'run_1' }))),
  );
  for (const command of commands) {
    expect(outputOf(await command.ended)).toBeNull();
    expect(reportOf(command)).toMatchObject({ state: 'done', problem: null });
  }
  expect(await rig.readLake()).toEqual(await rig.readTenant());
  expect(stages()).toEqual([]);
  const release = await rig.hub.send('dataset.release', { runId: 'run_1', attempt: 1 });
  expect(outputOf(await release.ended)).toBeNull();
});

it('what it does for a command is in the trace of the server that sent it', async () => {
  const receiver = await startOtlpReceiver();
  const settings = parseEnv({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  const tracing = await startTracing('entrada-gateway', settings, pino({ level: 'silent' }));
  const assignment = tenant.assignment('users', { runId: 'run_traced' });
  const command = await inSpan('dataset users', {}, () => rig.hub.send('dataset.run', assignment));
  await command.ended;
  await tracing.stop();
  const named = (name: string) => receiver.spans().find((span) => span.name === name) ?? expect.fail(`no span ${name}`);
  const worked = named('command dataset.run');
  expect(worked.parentSpanId).toBe(named('dataset users').spanId);
  for (const name of ['GET /v1.0/users', 'publish']) expect(named(name).parentSpanId).toBe(worked.spanId);
});

it('keeps its folder to itself, and no secret, token or row in it', async () => {
  await rig.hub.send('dataset.run', tenant.assignment('users', { runId: 'run_2' })).then(({ ended }) => ended);
  const entries = readdirSync(rig.dataDir, { recursive: true, withFileTypes: true });
  expect(statSync(rig.dataDir).mode & 0o777).toBe(0o700);
  for (const entry of entries.filter((one) => one.isFile())) {
    const file = join(entry.parentPath, entry.name);
    expect([entry.name, statSync(file).mode & 0o077]).toEqual([entry.name, 0]);
    const text = readFileSync(file, 'latin1');
    for (const secret of [rig.emulator.info.clientSecret, rig.emulator.info.users[0]?.username ?? '', '"AccessToken"'])
      expect(text.includes(secret), `${entry.name} holds ${secret}`).toBe(false);
  }
});

it('the built-in lake of the server is no folder of the gateway: its own operator says where targets may write', async () => {
  const assignment = tenant.assignment('users', { runId: 'run_3' });
  const target = { ...assignment.target, settings: { path: '/var/lib/elsewhere' } };
  const command = await rig.hub.send('dataset.run', { ...assignment, target });
  outputOf(await command.ended);
  expect(reportOf(command)).toMatchObject({ state: 'failed', problem: { code: 'target-folder-refused' } });
  const tested = await rig.hub.send('target.test', { access: target });
  expect(outputOf<{ passed: boolean }>(await tested.ended).passed).toBe(false);
});

it('a link that is cut and mended in the middle of a reload changes nothing but the time', async () => {
  await slowly();
  const command = await rig.hub.send('dataset.run', tenant.assignment('users', { runId: 'run_4' }));
  await untilReading(command);
  rig.link.cut('reset');
  await vi.waitFor(() => expect(readFileSync(join(rig.dataDir, 'state.json'), 'utf8')).toContain('"connecting"'), {
    timeout: 5000,
  });
  rig.link.mend();
  expect(outputOf(await command.ended)).toBeNull();
  expect(reportOf(command)).toMatchObject({ state: 'done', counts: { rowsRead: 120 } });
  expect(command.results).toHaveLength(1);
  expect((await rig.readLake()).users).toEqual((await rig.readTenant()).users);
});

it('stops by handing back what it can not finish; started again it goes on from what is staged', async () => {
  await slowly();
  await rig.setFaults({ pageSizeMax: 10, latencyMs: 900 });
  const command = await rig.hub.send('dataset.run', tenant.assignment('users', { runId: 'run_5' }));
  await untilReading(command);
  await running?.stop();
  running = null;
  expect(rig.hub.statuses.at(-1)).toMatchObject({ draining: true, working: [command.id] });
  expect(command.results).toEqual([{ attempt: 1, handedBack: true }]);
  expect(stages()).toEqual(['dsrun_run_5_users']);
  await rig.setFaults({});
  running = await rig.start();
  await rig.hub.connected();
  command.again();
  await command.ended;
  expect(reportOf(command)).toMatchObject({ state: 'done', counts: { rowsRead: 120 } });
  expect(stages()).toEqual([]);
}, 60_000);

it('a result that the server did not take is sent by the next process of the gateway; the work is not done again', async () => {
  rig.hub.refuse({ path: '/result', status: 503, code: 'gateway-disconnected' });
  const command = await rig.hub.send('dataset.run', tenant.assignment('users', { runId: 'run_6' }));
  await vi.waitFor(() => expect(reportOf(command).state).toBe('done'), { timeout: 20_000 });
  const versions = () => readdirSync(join(rig.lakeDir, 'lake', 'users')).sort();
  const before = versions();
  // Like a kill: nothing is sent any more.
  const stopped = running?.stop();
  rig.hub.refuse({ path: '', status: 503, code: 'gateway-disconnected' });
  await stopped;
  running = await rig.start();
  rig.hub.refuse(null);
  await rig.hub.connected();
  command.again();
  expect(outputOf(await command.ended)).toBeNull();
  expect(reportOf(command)).toMatchObject({ state: 'done', counts: { rowsRead: 120 } });
  expect(versions()).toEqual(before);
  await vi.waitFor(() => expect(readdirSync(join(rig.dataDir, 'finished'))).toEqual([]));
}, 60_000);

it('a cancelled dataset ends as cancelled, a given-up one says nothing; neither leaves a stage that nobody wants', async () => {
  await slowly();
  const cancelled = await rig.hub.send('dataset.run', tenant.assignment('users', { runId: 'run_7' }));
  await untilReading(cancelled);
  rig.hub.say({ kind: 'cancel', commandId: cancelled.id, reason: 'cancelled' });
  await cancelled.ended;
  expect(reportOf(cancelled).state).toBe('cancelled');
  expect(stages()).toEqual([]);
  const givenUp = await rig.hub.send('dataset.run', tenant.assignment('users', { runId: 'run_8' }));
  await untilReading(givenUp);
  rig.hub.say({ kind: 'cancel', commandId: givenUp.id, reason: 'given-up' });
  await vi.waitFor(() => expect(readFileSync(join(rig.dataDir, 'state.json'), 'utf8')).toContain('"working":[]'), {
    timeout: 5000,
  });
  expect(givenUp.results).toEqual([]);
  expect(stages()).toEqual(['dsrun_run_8_users']);
});

it('a renewed token cache is with the server before its token is used; of two renewals the slower takes the other one', async () => {
  const { version } = rig.hub.tokenCache;
  const test = await rig.hub.send('source.testConnection', { connection: tenant.connection });
  outputOf(await test.ended);
  expect(rig.hub.tokenCache.version).toBe(version + 1);
  rig.hub.refuse({ path: 'token-cache', status: 409, code: 'gateway-handed-over' });
  const refused = await rig.hub.send('source.testConnection', { connection: tenant.connection });
  await vi.waitFor(() => expect(readFileSync(join(rig.dataDir, 'state.json'), 'utf8')).toContain('"working":[]'), {
    timeout: 5000,
  });
  rig.hub.refuse(null);
  expect(refused.results).toEqual([]);
});

it('nothing secret is in clear text on the link, even without TLS, or in the log', () => {
  const passed = rig.link.passed().toString('latin1') + rig.logged();
  expect(passed).toContain('dataset.run');
  const { clientSecret, users } = rig.emulator.info;
  for (const secret of [
    clientSecret,
    users[0]?.username ?? '',
    'displayName',
    '"access_token"',
    'client_credentials',
    rig.lakeDir,
  ])
    expect(passed.includes(secret), secret).toBe(false);
});
