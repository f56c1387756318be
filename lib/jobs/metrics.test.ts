import { channel } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  addQueueMetrics,
  countRequests,
  createAnswerMetrics,
  createRegistry,
  createRunMetrics,
} from '#lib/platform/metrics/metrics.ts';
import { serveMetrics } from '#lib/platform/metrics/serve-metrics.ts';
import { reloadRun } from './handlers/reload-run.ts';
import { observeWaits } from './observe-waits.ts';
import { NEVER, queuedRun, report } from './testing/queued-run.ts';
import { createWorkerSlots } from './worker-slots.ts';

const ROOT = join(import.meta.dirname, '../..');

it('a scrape of a worker after a run has what the run did', async () => {
  const registry = createRegistry('worker');
  const observer = createRunMetrics(registry);
  const { deps, runId } = await queuedRun(async ({ dataset, onWait }) => {
    onWait({ kind: 'quota', text: 'A quota is used up.', since: '2026-01-01T00:00:00Z', until: null });
    // The event buffer keeps only the last wait, so the worker has to read the first one before it ends.
    await new Promise(setImmediate);
    onWait(null);
    return report(dataset.name === 'users' ? 'done' : 'failed');
  });
  const runner = observeWaits(deps.runner, { observer, clock: deps.clock });
  const slots = createWorkerSlots({ datasets: 4, runs: 4, onChange: (now) => observer.datasetSlots(now) });
  await reloadRun({ ...deps, runner, observer, slots }, runId, NEVER);
  const listener = await serveMetrics(registry, { host: '127.0.0.1', port: 0 });
  const text = await (await fetch(`http://127.0.0.1:${listener.port}/metrics`)).text();
  const elsewhere = await fetch(`http://127.0.0.1:${listener.port}/`);
  listener.stop();
  expect(elsewhere.status).toBe(404);
  for (const line of [
    'entrada_runs_started_total{part="worker"} 1',
    'entrada_dataset_runs_ended_total{state="done",part="worker"} 1',
    'entrada_dataset_runs_ended_total{state="failed",part="worker"} 1',
    'entrada_rows_read_total{part="worker"} 14',
    'entrada_dataset_slots{state="active",part="worker"} 0',
  ]) {
    expect(text).toContain(line);
  }
  expect(text).toMatch(/entrada_runs_ended_total\{state="\w+",part="worker"\} 1/);
  expect(text).toMatch(/entrada_run_duration_seconds_count\{part="worker",state="\w+"\} 1/);
  expect(text).toMatch(/entrada_wait_seconds_total\{kind="quota",part="worker"\} \d/);
});

it('requests are counted by host and class of status, 429 apart', async () => {
  const registry = createRegistry('worker');
  const stop = countRequests(registry);
  const request = { origin: 'https://graph.test', path: '/v1.0/users', method: 'GET' };
  for (const statusCode of [200, 201, 429, 503]) channel('undici:request:headers').publish({ request, response: { statusCode } });
  channel('undici:request:error').publish({ request, error: new Error('reset') });
  stop();
  channel('undici:request:headers').publish({ request, response: { statusCode: 200 } });
  const text = await registry.metrics();
  const counted = [...text.matchAll(/^entrada_requests_total\{host="graph\.test",status="(\w+)",part="worker"\} (\d+)$/gm)];
  expect(counted.map(([, status, count]) => `${status} ${count}`)).toEqual(['2xx 2', '429 1', '5xx 1', 'failed 1']);
});

it('a scrape while the database is away has all but the queue', async () => {
  const registry = createRegistry('worker');
  addQueueMetrics(registry, () => Promise.reject(new Error('away')));
  expect(await registry.metrics()).not.toContain('entrada_queue_jobs{');
});

it('every metric that the dashboard and docs/operating.md name exists', async () => {
  const registry = createRegistry('worker');
  createRunMetrics(registry);
  createAnswerMetrics(registry);
  countRequests(registry)();
  addQueueMetrics(registry, async () => [{ queue: 'reload-run', state: 'created', jobs: 2 }]);
  const exists = new Set(registry.getMetricsAsArray().map(({ name }) => name));
  for (const file of ['docs/deploy/grafana.json', 'docs/operating.md']) {
    const named =
      readFileSync(join(ROOT, file), 'utf8').match(/\bentrada_[a-z_]*(total|seconds(_bucket)?|slots|jobs|bytes)\b/g) ?? [];
    expect(named.length, file).toBeGreaterThan(7);
    expect(named.filter((name) => !exists.has(name.replace(/_bucket$/, '')))).toEqual([]);
  }
  expect(await registry.metrics()).toContain('entrada_queue_jobs{queue="reload-run",state="created",part="worker"} 2');
});
