import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { DatasetCounts, DatasetRunState, RunState } from '#lib/domain/run/run.ts';
import type { WaitKind } from '#lib/domain/run/wait.ts';

/** What a worker reports of its runs. */
export interface RunObserver {
  runStarted(): void;
  /** @param seconds since the run was first taken up. */
  runEnded(state: RunState, seconds: number): void;
  /** @param by the process that sent its requests. */
  datasetEnded(state: DatasetRunState, counts: Pick<DatasetCounts, 'rowsRead' | 'requests'>, by: 'worker' | 'gateway'): void;
  waited(kind: WaitKind, seconds: number): void;
  /** Datasets of the worker now: that work, that are open (suspended ones included), that wait for a slot. */
  datasetSlots(now: { readonly active: number; readonly open: number; readonly waiting: number }): void;
}

export interface QueueDepth {
  readonly queue: string;
  readonly state: string;
  readonly jobs: number;
}

/** Upper bounds of the histogram of run durations, seconds: 5 s to 12 h. */
const RUN_SECONDS = [5, 15, 60, 300, 900, 1800, 3600, 7200, 14_400, 43_200];

/** A registry with the metrics of the process itself: memory, CPU, event loop, garbage collection. */
export function createRegistry(part: 'web' | 'worker' | 'gateway'): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ part });
  collectDefaultMetrics({ register: registry, prefix: 'entrada_' });
  return registry;
}

/** Counts runs that end in this process: those of a worker, and in the web server those that are cancelled before a worker has claimed them. */
export function createEndedRuns(registry: Registry): (state: RunState) => void {
  const ended = new Counter({
    name: 'entrada_runs_ended_total',
    help: 'Runs that ended here.',
    labelNames: ['state'],
    registers: [registry],
  });
  return (state) => ended.inc({ state });
}

/** The metrics of a worker's runs. */
export function createRunMetrics(registry: Registry): RunObserver {
  const registers = [registry];
  const started = new Counter({ name: 'entrada_runs_started_total', help: 'Runs that this worker took up.', registers });
  const countEnded = createEndedRuns(registry);
  const duration = new Histogram({
    ...{ name: 'entrada_run_duration_seconds', help: 'From the first time a run is taken up to its end.', registers },
    ...{ labelNames: ['state'], buckets: RUN_SECONDS },
  });
  const datasets = new Counter({
    ...{ name: 'entrada_dataset_runs_ended_total', help: 'Datasets of runs that ended here.', labelNames: ['state'], registers },
  });
  const rows = new Counter({ name: 'entrada_rows_read_total', help: 'Rows read by datasets that ended here.', registers });
  const requests = new Counter({
    name: 'entrada_dataset_requests_total',
    help: 'Requests to Graph of datasets that ended here, by the process that sent them.',
    labelNames: ['by'],
    registers,
  });
  const waits = new Counter({
    ...{ name: 'entrada_wait_seconds_total', help: 'Time that datasets waited, by what for.', labelNames: ['kind'], registers },
  });
  const slots = new Gauge({ name: 'entrada_dataset_slots', help: 'Datasets now.', labelNames: ['state'], registers });
  return {
    runStarted: () => started.inc(),
    runEnded(state, seconds) {
      countEnded(state);
      duration.observe({ state }, seconds);
    },
    datasetEnded(state, counts, by) {
      datasets.inc({ state });
      rows.inc(counts.rowsRead);
      requests.inc({ by }, counts.requests);
    },
    waited: (kind, seconds) => waits.inc({ kind }, seconds),
    datasetSlots({ active, open, waiting }) {
      slots.set({ state: 'active' }, active);
      slots.set({ state: 'suspended' }, open - active);
      slots.set({ state: 'waiting' }, waiting);
    },
  };
}

/** Jobs of the queues, read at each scrape. While the database is away the metric has no values. */
export function addQueueMetrics(registry: Registry, read: () => Promise<readonly QueueDepth[]>): void {
  new Gauge({
    name: 'entrada_queue_jobs',
    help: 'Jobs that have not ended, of all workers.',
    labelNames: ['queue', 'state'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const { queue, state, jobs } of await read().catch(() => [])) this.set({ queue, state }, jobs);
    },
  });
}

/** How many there are in each state. */
export type CountByState = readonly { readonly state: string; readonly count: number }[];

export interface GatewayLoad {
  readonly gateways: () => Promise<CountByState>;
  readonly commands: () => Promise<CountByState>;
}

/** Data gateways and what they have to do, read at each scrape. While the database is away the metrics have no values. */
export function addGatewayMetrics(registry: Registry, load: GatewayLoad): void {
  const add = (name: string, help: string, read: () => Promise<CountByState>) =>
    new Gauge({
      ...{ name, help, labelNames: ['state'], registers: [registry] },
      async collect() {
        this.reset();
        for (const { state, count } of await read().catch(() => [])) this.set({ state }, count);
      },
    });
  add('entrada_gateways', 'Data gateways by state.', load.gateways);
  add('entrada_gateway_commands', 'Commands of data gateways that have not ended: waiting, sent, acknowledged.', load.commands);
}

/**
 * Counts requests that leave through undici (Graph and Entra) by host and class of status; 429 is a class of its own.
 * @returns ends the count.
 */
export function countRequests(registry: Registry): () => void {
  const requests = new Counter({
    name: 'entrada_requests_total',
    help: 'Requests to Graph and Entra.',
    labelNames: ['host', 'status'],
    registers: [registry],
  });
  const count = (message: unknown, status: string): void => {
    const { origin } = (message as { readonly request: { readonly origin: string | URL } }).request;
    requests.inc({ host: URL.parse(String(origin))?.host ?? 'unknown', status });
  };
  // undici docs, "Diagnostics Channel Support".
  const listeners: Readonly<Record<string, (message: unknown) => void>> = {
    'undici:request:headers': (message) =>
      count(message, statusClass((message as { readonly response: { readonly statusCode: number } }).response.statusCode)),
    'undici:request:error': (message) => count(message, 'failed'),
  };
  for (const [channel, listener] of Object.entries(listeners)) subscribe(channel, listener);
  return () => {
    for (const [channel, listener] of Object.entries(listeners)) unsubscribe(channel, listener);
  };
}

/** Requests that a web server answered. @returns called with each answer. */
export function createAnswerMetrics(registry: Registry): (method: string, status: number) => void {
  const answers = new Counter({
    name: 'entrada_http_answers_total',
    help: 'Requests that the web server answered.',
    labelNames: ['method', 'status'],
    registers: [registry],
  });
  return (method, status) => answers.inc({ method, status: statusClass(status) });
}

function statusClass(status: number): string {
  return status === 429 ? '429' : `${Math.floor(status / 100)}xx`;
}
