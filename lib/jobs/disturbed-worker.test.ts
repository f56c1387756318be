import { randomInt } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import pg from 'pg';
import { expect, it, onTestFinished, vi } from 'vitest';
import { randomFor } from '#lib/emulator/tenant/generate/random.ts';
import { parseExposition } from '#lib/platform/metrics/testing/parse-exposition.ts';
import { type ReceivedSpan, startOtlpReceiver } from '#lib/platform/tracing/testing/otlp-receiver.ts';
import { cancelRun } from '#lib/services/run/cancel-run.ts';
import { freePorts } from '../../e2e/support/free-ports.ts';
import { expectConverged } from './testing/expect-converged.ts';
import { createWorkerRig, type WorkerProcess, type WorkerRig } from './testing/worker-rig.ts';

it('every connection to the database is ended several times in the middle of a run: it goes on to the right end', async () => {
  const rig = await createWorkerRig();
  const worker = await rig.startWorker();
  const client = new pg.Client({ connectionString: rig.databaseUrl });
  await client.connect();
  onTestFinished(() => client.end());
  const seed = randomInt(2 ** 31);
  process.stdout.write(`connections ended: seed ${seed}\n`);
  const random = randomFor(seed, 'terminate', 0);
  for (const kind of ['compare', 'load', 'lake'] as const) {
    await rig.passDay();
    const runId = await rig.startRun(kind);
    await rig.untilActive(runId);
    for (let times = 0; times < 6; times++) {
      await client.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query NOT LIKE '%LISTEN%'",
      );
      await after(100 + random.int(400));
    }
    await rig.untilEnded(runId);
    await expectConverged(rig, kind, runId, worker);
  }
  await worker.stop();
}, 300_000);

it('a worker that is restarted in the middle of a run goes on with it; its traces and metrics say so', async () => {
  const rig = await createWorkerRig({ latencyMs: 300 });
  const receiver = await startOtlpReceiver();
  const [port] = await freePorts(1);
  // Nothing listens on the discard port: the run of the first worker does not notice.
  let worker: WorkerProcess = await rig.startWorker({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
  const runId = await rig.startRun('compare');
  await untilReading(rig, runId);
  // From here on no answer comes within the time that a worker gives its runs at a stop.
  await rig.misbehave({ latencyMs: 60_000 });
  await worker.stop();
  expect(worker.said().match(/traces could not be sent/g)).toHaveLength(1);
  await rig.misbehave({ latencyMs: 20 });
  worker = await rig.startWorker({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ENTRADA_METRICS_PORT: String(port) });
  await rig.untilEnded(runId);
  await expectConverged(rig, 'compare', runId, worker);
  await expectMetrics(`http://127.0.0.1:${port}/metrics`);
  await worker.stop();
  expectTraces(receiver.spans(), runId);
  for (const secret of [...rig.secrets, 'Bearer', '@']) expect(receiver.text()).not.toContain(secret);
}, 120_000);

/** A scrape of the worker process counts the run, and the requests and rows of its datasets. */
async function expectMetrics(url: string): Promise<void> {
  const families = parseExposition(await (await fetch(url)).text());
  const sum = (name: string) => [...(families.get(name)?.values() ?? [])].reduce((total, value) => total + value, 0);
  expect([...(families.get('entrada_runs_ended_total') ?? [])]).toEqual([
    ['entrada_runs_ended_total{state="done",part="worker"}', 1],
  ]);
  for (const name of ['entrada_rows_read_total', 'entrada_dataset_requests_total', 'entrada_requests_total'])
    expect([name, sum(name) > 0]).toEqual([name, true]);
  expect(sum('entrada_process_resident_memory_bytes')).toBeGreaterThan(1e7);
}

/** The spans of the worker process: run, its datasets, and of those requests and one publish each. */
function expectTraces(spans: readonly ReceivedSpan[], runId: string): void {
  const run = spans.find(({ name }) => name === 'run') ?? expect.fail('no span of the run');
  expect(run.attributes).toMatchObject({ 'entrada.run.id': runId, 'entrada.run.attempt': 2, 'entrada.run.state': 'done' });
  expect(run.resource['service.name']).toBe('entrada-worker');
  const childrenOf = (parent: ReceivedSpan) => spans.filter(({ parentSpanId }) => parentSpanId === parent.spanId);
  const datasets = childrenOf(run).filter(({ name }) => name.startsWith('dataset '));
  expect(datasets.length).toBeGreaterThan(0);
  for (const dataset of datasets) {
    expect(dataset).toMatchObject({ traceId: run.traceId, attributes: { 'entrada.dataset.state': 'done' } });
    const children = childrenOf(dataset);
    expect(children.filter(({ name }) => name === 'publish')).toHaveLength(1);
    const request = children.find(({ name }) => /^(GET|POST) \/v1\.0\//.test(name)) ?? expect.fail('no span of a request');
    expect(request.attributes).toMatchObject({ 'http.response.status_code': 200, 'entrada.quota.class': 'directory' });
    expect(request.attributes).toHaveProperty('entrada.quota.wait_ms');
  }
}

it('a cancel in the middle ends the run within 2 s and leaves nothing visible and nothing staged', async () => {
  // A worker polls once a second for cancellation: the run has to last longer.
  const rig = await createWorkerRig({ latencyMs: 300 });
  const worker = await rig.startWorker();
  for (const kind of ['compare', 'load', 'lake'] as const) {
    const landed = await rig.startRun(kind);
    await rig.untilEnded(landed);
    const before = await rig.readTarget(kind);
    await rig.passDay();
    const runId = await rig.startRun(kind);
    await untilReading(rig, runId);
    const from = performance.now();
    await cancelRun({ ctx: rig.ctx, input: { runId } });
    const { state, datasets } = await rig.untilEnded(runId);
    expect(performance.now() - from).toBeLessThan(2000);
    expect(state).toBe('cancelled');
    const now = await rig.readTarget(kind);
    // A dataset that had ended before stays as it is.
    for (const { datasetName, state: ended } of datasets) {
      if (ended === 'done') continue;
      expect(ended).toBe('cancelled');
      const name = datasetName === 'users' ? 'users' : 'group_members';
      expect(now[name]).toEqual(before[name]);
    }
    expect(rig.stages()).toEqual([]);
  }
  await worker.stop();
}, 180_000);

const untilReading = (rig: WorkerRig, runId: string): Promise<void> =>
  vi.waitFor(async () => expect((await rig.run(runId)).datasets.some(({ state }) => state === 'reading')).toBe(true), {
    timeout: 20_000,
    interval: 20,
  });
