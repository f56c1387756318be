import { channel } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  addGatewayMetrics,
  addQueueMetrics,
  countRequests,
  createAnswerMetrics,
  createRegistry,
  createRunMetrics,
} from '#lib/platform/metrics/metrics.ts';
import { serveMetrics } from '#lib/platform/metrics/serve-metrics.ts';
import { parseExposition } from '#lib/platform/metrics/testing/parse-exposition.ts';
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
    const ended = report(dataset.name === 'users' ? 'done' : 'failed');
    return { ...ended, counts: { ...ended.counts, requests: 5 } };
  });
  const runner = observeWaits(deps.runner, { observer, clock: deps.clock });
  const slots = createWorkerSlots({ datasets: 4, runs: 4, onChange: (now) => observer.datasetSlots(now) });
  await reloadRun({ ...deps, runner, observer, slots }, runId, NEVER);
  const listener = await serveMetrics(registry, { host: '127.0.0.1', port: 0 });
  const text = await (await fetch(`http://127.0.0.1:${listener.port}/metrics`)).text();
  const elsewhere = await fetch(`http://127.0.0.1:${listener.port}/`);
  listener.stop();
  expect(elsewhere.status).toBe(404);
  expect(parseExposition(text).size).toBeGreaterThan(20);
  for (const line of [
    'entrada_runs_started_total{part="worker"} 1',
    'entrada_dataset_runs_ended_total{state="done",part="worker"} 1',
    'entrada_dataset_runs_ended_total{state="failed",part="worker"} 1',
    'entrada_rows_read_total{part="worker"} 14',
    'entrada_dataset_requests_total{by="worker",part="worker"} 10',
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

it('the dashboard and docs/operating.md name only metrics and labels that exist, and every query of the dashboard names one', async () => {
  const registry = createRegistry('worker');
  createRunMetrics(registry);
  createAnswerMetrics(registry);
  countRequests(registry)();
  addQueueMetrics(registry, async () => [{ queue: 'reload-run', state: 'created', jobs: 2 }]);
  addGatewayMetrics(registry, { gateways: async () => [], commands: async () => [] });
  const metrics = registry.getMetricsAsArray();
  const known = new Map(
    metrics.flatMap((metric) => {
      const { name, type, labelNames } = metric as typeof metric & {
        readonly type: string;
        readonly labelNames: readonly string[];
      };
      const series = type === 'histogram' ? ['_bucket', '_sum', '_count'].map((suffix) => name + suffix) : [name];
      return series.map((one) => [one, ['part', 'le', ...labelNames]] as const);
    }),
  );
  const dashboard = readFileSync(join(ROOT, 'docs/deploy/grafana.json'), 'utf8');
  const queries = [...dashboard.matchAll(/"expr": "((?:[^"\\]|\\.)*)"/g)].map(([, query = '']) => query);
  expect(queries.length).toBeGreaterThan(9);
  for (const query of queries) {
    const named = query.match(/\bentrada_\w+/g) ?? [];
    expect(named, query).not.toEqual([]);
    for (const name of named) expect([...known.keys()], query).toContain(name);
    const labels = [...query.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/));
    for (const label of labels) expect(known.get(named[0] ?? ''), query).toContain(label);
  }
  const documented = readFileSync(join(ROOT, 'docs/operating.md'), 'utf8').match(/\bentrada_\w+(?![\w*])/g) ?? [];
  const names = new Set(metrics.map(({ name }) => name));
  expect(documented.filter((name) => !names.has(name) && !name.endsWith('_'))).toEqual([]);
  expect(new Set(documented).size).toBeGreaterThan(10);
  expect(await registry.metrics()).toContain('entrada_queue_jobs{queue="reload-run",state="created",part="worker"} 2');
});
