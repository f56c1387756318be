import { expect, it, onTestFinished, vi } from 'vitest';
import { NO_COUNTS, NONE_REJECTED, NONE_UNPROVEN } from '#lib/domain/run/run.ts';
import { NO_RELATIONS } from '#lib/domain/task/relations.ts';
import { TaskTarget } from '#lib/domain/task/task.ts';
import type { DatasetAssignment, DatasetEvent } from '#lib/executor/dataset-assignment.ts';
import type { OperationInput } from '#lib/executor/source-operations.ts';
import { setTracer } from '#lib/platform/tracing/span.ts';
import { JobLeaseLostError } from '#lib/reload/engine/job-lease-lost.ts';
import { datasetDefinition, IDENTITY } from '#lib/services/testing/fake-executor.ts';
import { insertSecret, openSecret } from '#lib/store/connection/secrets.ts';
import { TokenCachePayload } from '../commands.ts';
import { decryptReply, encryptReply } from '../encryption.ts';
import { TokenCacheAnswer } from '../protocol.ts';
import { shareHubRig, type TestGateway } from '../testing/hub-rig.ts';
import type { HubContext } from './hub-context.ts';
import { createRemoteSourceOperations, createRemoteTargetOperations } from './remote-operations.ts';
import { createRemoteDatasetRunner, type GatewayWait } from './remote-runner.ts';

const rig = shareHubRig();

const SECRET = {
  client: 'planted-client-secret',
  cache: 'planted-refresh-token',
  row: 'planted-row',
  target: 'planted-password',
};
const dataset = datasetDefinition('users');

async function connectionOf(hub: HubContext): Promise<OperationInput<'testConnection'>['connection']> {
  const owner = { kind: 'token-cache', ownerId: 'conn_1' } as const;
  const tokenCacheId = await insertSecret(hub.db, hub.ring, owner, SECRET.cache);
  const credential = { kind: 'secret', secret: SECRET.client } as const;
  const settings = {
    clientId: 'app',
    credential,
    signIn: 'delegated',
    graphBaseUrl: 'https://graph.test/v1.0',
    tenant: 't',
  } as const;
  return { id: 'conn_1', tokenCacheId, settings };
}

async function setUp() {
  const [web, worker] = [rig.hub(), rig.hub()];
  const gateway = await rig.gateway('Plant');
  const at = { gatewayId: gateway.id, gatewayGroupId: null };
  return { web, worker, gateway, at, connection: await connectionOf(worker) };
}

/** A connected gateway: its welcome message was read. */
async function connected(gateway: TestGateway, hub: Parameters<TestGateway['open']>[0]) {
  const stream = gateway.open(hub);
  await stream.next();
  return stream;
}

/** All rows about commands in the database. */
async function tables(): Promise<string> {
  const names = ['gateway_commands', 'gateway_events', 'pgboss.job', 'audit_events', 'gateway_proofs'];
  const rows = await Promise.all(names.map((table) => rig.db.$queryRawUnsafe(`SELECT to_jsonb(t) AS row FROM ${table} t`)));
  return JSON.stringify(rows);
}

it('a short call is done by the gateway, and neither its secrets nor its rows are readable in a table or on the wire', async () => {
  const { web, worker, gateway, at, connection } = await setUp();
  const stream = await connected(gateway, web);
  const operations = createRemoteSourceOperations(worker, at);
  const span = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  setTracer({ run: () => expect.fail('no span is needed'), traceparent: () => span });
  const sample = operations.sampleDataset({ connection, dataset, rows: 1 });
  const command = await stream.command();
  setTracer(null);
  const { input, replyKey, traceparent } = await gateway.payload(command);
  expect(input).toEqual({ connection, dataset, rows: 1 });
  expect(traceparent).toBe(span);
  const load = await gateway.post(web, command.id, 'token-cache', { kind: 'load', attempt: 1 });
  const { cache, version } = TokenCacheAnswer.parse(load);
  const purpose = `token-cache/${command.id}` as const;
  expect(TokenCachePayload.parse(await decryptReply(replyKey, purpose, cache ?? ''))).toEqual({ cache: SECRET.cache });
  const rows = { columns: [{ name: 'id', type: 'string' }], rows: [[SECRET.row]], total: null, raw: ['{}'], notes: [] };
  const jwe = await encryptReply(replyKey, `result/${command.id}/1`, { ok: true, output: rows });
  const kept = await tables();
  await gateway.post(web, command.id, 'result', { kind: 'ended', attempt: 1, events: 0, result: jwe });
  expect(await sample).toEqual(rows);
  const seen = [kept, await tables(), JSON.stringify(command), JSON.stringify(load), jwe].join('\n');
  for (const secret of Object.values(SECRET)) expect(seen).not.toContain(secret);
  expect(await rig.db.gatewayCommand.count({ where: { id: command.id } })).toBe(0);
  expect(version).toBe(1);
});

it('a renewed token cache is kept before it is used, and the later of two gets the other one', async () => {
  const { web, worker, gateway, at, connection } = await setUp();
  const stream = await connected(gateway, web);
  const testing = createRemoteSourceOperations(worker, at).testConnection({ connection });
  const command = await stream.command();
  const { replyKey } = await gateway.payload(command);
  const purpose = `token-cache/${command.id}` as const;
  const save = async (cache: string) => {
    const body = { kind: 'save', attempt: 1, version: 1, cache: await encryptReply(replyKey, purpose, { cache }) };
    return TokenCacheAnswer.parse(await gateway.post(web, command.id, 'token-cache', body));
  };
  expect(await save('first')).toEqual({ saved: true, version: 2, cache: null });
  const late = await save('second');
  expect(late).toMatchObject({ saved: false, version: 2 });
  expect(await decryptReply(replyKey, purpose, late.cache ?? '')).toEqual({ cache: 'first' });
  const owner = { kind: 'token-cache', ownerId: 'conn_1' } as const;
  expect((await openSecret(worker.db, worker.ring, owner, connection.tokenCacheId)).plaintext).toBe('first');
  const test = { account: 'ada', tenantName: null, permissions: [], latencyMs: 1 };
  const output = { test, identity: IDENTITY, credentialExpiresAt: new Date('2027-01-01T00:00:00Z') };
  await gateway.answer(web, command, { ok: true, output });
  expect(await testing).toEqual(output);
});

it('a refusal of the gateway arrives in words, also by a code that this version does not know', async () => {
  const { web, worker, gateway, at, connection } = await setUp();
  const stream = await connected(gateway, web);
  const operations = createRemoteSourceOperations(worker, at);
  for (const [code, expected] of [
    ['needs-reauthentication', 'needs-reauthentication'],
    ['of-later', 'gateway-problem'],
  ]) {
    const refused = expect(operations.testConnection({ connection })).rejects.toMatchObject({
      problem: { code: expected, title: 'Refused.' },
      retry: 'never',
    });
    const problem = { code, title: 'Refused.' };
    await gateway.answer(web, await stream.command(), { ok: false, problem, retry: 'never' });
    await refused;
  }
});

it('a short call to a gateway that is away fails at once, and says what to do', async () => {
  const { web, worker, gateway, at, connection } = await setUp();
  const operations = createRemoteSourceOperations(worker, at);
  const away = () => expect(operations.testConnection({ connection })).rejects;
  await away().toMatchObject({
    problem: {
      code: 'gateway-away',
      title: 'The data gateway Plant is not connected.',
      remedy: expect.stringContaining('entrada gateway'),
    },
  });
  const stream = await connected(gateway, web);
  rig.clock.forward(61_000);
  await away().toMatchObject({ code: 'gateway-away' });
  await stream.close();
  await rig.db.gateway.update({ where: { id: gateway.id }, data: { deactivatedAt: rig.clock.now() } });
  await away().toMatchObject({ problem: { title: 'The data gateway Plant is deactivated.' } });
  expect(await rig.db.gatewayCommand.count()).toBe(0);
});

it('rows that may not pass the server are not even asked for', async () => {
  const { web, worker, gateway, at, connection } = await setUp();
  await connected(gateway, web);
  await rig.db.gateway.update({ where: { id: gateway.id }, data: { allowPreviews: false, allowLandedRows: false } });
  const sample = createRemoteSourceOperations(worker, at).sampleDataset({ connection, dataset, rows: 1 });
  await expect(sample).rejects.toMatchObject({ code: 'gateway-previews-off' });
  const access = { kind: 'postgres', settings: {}, secrets: { password: SECRET.target }, builtIn: false };
  const targets = createRemoteTargetOperations(worker, at);
  const page = { offset: 0, limit: 1 };
  await expect(targets.readRows({ access, wanted: { ...TABLE, page } })).rejects.toMatchObject({
    code: 'gateway-landed-rows-off',
  });
  const filter = { runId: 'run_1', operation: null, limit: 1 };
  await expect(targets.readChanges({ access, wanted: { ...TABLE, filter } })).rejects.toMatchObject({
    code: 'gateway-landed-rows-off',
  });
  expect(await rig.db.gatewayCommand.count()).toBe(0);
});

const TABLE = {
  task: TaskTarget.parse({ method: 'reload', targetId: 'targ_22222222222222222222', settings: { folder: 'x' } }),
  dataset,
};

const REPORT = {
  ...{ state: 'done', counts: NO_COUNTS, problem: null, notes: [], incremental: false, unread: [] },
  ...{ unproven: NONE_UNPROVEN, rejected: NONE_REJECTED },
} as const;

/** A run of one dataset, and what the server does with it. */
async function startRun({ worker, at, connection }: Awaited<ReturnType<typeof setUp>>) {
  const assignment: DatasetAssignment = {
    ...{ runId: 'run_1', attempt: 1, datasetRunId: 'dsrun_1', connection, ...TABLE },
    target: { kind: 'folder', settings: {}, secrets: { password: SECRET.target }, builtIn: false },
    ...{ deletesConfirmed: false, full: false, unreadBefore: [], readBefore: null, unreadAtStart: [], relations: NO_RELATIONS },
  };
  const waits: (GatewayWait | null)[] = [];
  const options = {
    of: at,
    waitMinutes: 60,
    title: 'Nightly',
    onWait: async (wait: GatewayWait | null) => void waits.push(wait),
  };
  const run = (signal: AbortSignal) => {
    const events: DatasetEvent[] = [];
    const running = (async () => {
      for await (const event of createRemoteDatasetRunner(worker, options).run(assignment, signal, null)) events.push(event);
      return events;
    })();
    return { events, running };
  };
  return { waits, run };
}

it('a dataset is run by the gateway; a worker that takes the run up follows the same command', async () => {
  const world = await setUp();
  const { web, gateway } = world;
  const stream = await connected(gateway, web);
  const { run, waits } = await startRun(world);
  const lost = new AbortController();
  const first = run(lost.signal);
  const command = await stream.command();
  lost.abort(new JobLeaseLostError());
  expect((await first.running).at(-1)).toMatchObject({ kind: 'ended', report: { state: 'cancelled' } });
  const second = run(new AbortController().signal);
  const progress = { kind: 'progress', state: 'reading', counts: NO_COUNTS } as const;
  await gateway.answer(web, command, { ok: true, output: null }, [progress, { kind: 'ended', report: REPORT }]);
  expect(await second.running).toEqual([progress, { kind: 'ended', report: REPORT }]);
  expect(waits).toEqual([]);
  // A later worker finds the result.
  expect(await run(new AbortController().signal).running).toHaveLength(2);
  expect(await rig.db.gatewayCommand.count()).toBe(1);
  expect(await tables()).not.toContain('planted');
});

it('a run waits for a gateway that is away, goes on when it comes, and fails after its time', async () => {
  const world = await setUp();
  const { web, gateway } = world;
  const { run, waits } = await startRun(world);
  const going = run(new AbortController().signal);
  const waiting = {
    kind: 'waiting',
    wait: expect.objectContaining({ kind: 'gateway', text: 'The data gateway Plant is not connected.' }),
  };
  await vi.waitFor(() => expect(going.events).toEqual([waiting]), { timeout: 20_000 });
  const since = rig.clock.now();
  expect(waits).toEqual([{ name: 'Plant', since, until: new Date(since.getTime() + 3_600_000) }]);
  const stream = await connected(gateway, web);
  await stream.command();
  await vi.waitFor(() => expect(going.events.at(-1)).toEqual({ kind: 'waiting', wait: null }), { timeout: 20_000 });
  expect(waits.at(-1)).toBeNull();
  await stream.close();
  await vi.waitFor(() => expect(going.events).toHaveLength(3), { timeout: 20_000 });
  rig.clock.forward(3_600_000);
  expect((await going.running).at(-1)).toMatchObject({
    report: {
      state: 'failed',
      problem: {
        code: 'gateway-away',
        title: 'The data gateway Plant is not connected, and the run waited for it for 60 minutes.',
        remedy: expect.stringContaining('entrada gateway'),
      },
    },
  });
  expect(await rig.db.gatewayCommand.findFirst()).toMatchObject({ state: 'ended', stop: 'given-up' });
}, 90_000);

it('a cancelled run ends when the gateway says so, and at once while it is away', async () => {
  const world = await setUp();
  const { web, gateway } = world;
  const stream = await connected(gateway, web);
  const { run } = await startRun(world);
  const cancel = new AbortController();
  onTestFinished(() => cancel.abort());
  const going = run(cancel.signal);
  const command = await stream.command();
  cancel.abort(new Error('cancelled'));
  expect(await stream.next()).toEqual({ kind: 'cancel', commandId: command.id, reason: 'cancelled' });
  const cancelled = { ...REPORT, state: 'cancelled' };
  await gateway.answer(web, command, { ok: true, output: null }, [{ kind: 'ended', report: cancelled }]);
  expect(await going.running).toEqual([{ kind: 'ended', report: cancelled }]);
  await rig.db.gatewayCommand.deleteMany();
  await stream.close();
  const other = run(AbortSignal.abort(new Error('cancelled')));
  expect((await other.running).at(-1)).toMatchObject({ report: { state: 'cancelled' } });
});
