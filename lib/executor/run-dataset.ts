import { OTHER_DATASETS_WAIT, type Wait } from '#lib/domain/run/wait.ts';
import { createSlots } from '#lib/platform/async/slots.ts';
import { JobLeaseLostError } from '#lib/reload/engine/job-lease-lost.ts';
import type { PublishGroup } from '#lib/reload/engine/publish-group.ts';
import type { GroupedPublish } from '#lib/reload/engine/sink.ts';
import type { SourceConfig } from '#lib/source/connect.ts';
import { createGraphSource, type GraphSource } from '#lib/source/graph-source.ts';
import type { TargetRules } from '#lib/targets/target.ts';
import type { DatasetAssignment, DatasetEvent } from './dataset-assignment.ts';
import { EventBuffer } from './event-buffer.ts';
import { LargeDatasetLock } from './large-dataset-lock.ts';
import { runDatasetReload } from './reload.ts';

/** Runs datasets, in a worker and in a gateway alike. What the datasets of one run share (tokens, sockets) is kept until its release. */
export interface DatasetRunner {
  /**
   * Runs one assignment and yields its events; the last event has the result. Never throws. When `signal` aborts with a
   * JobLeaseLostError, the stage is kept for the next attempt; with any other reason the dataset ends `cancelled`. A caller that stops iterating
   * early gives the assignment up, as with a lost lease.
   * @param group with which the dataset is published, null: by itself. Only a runner of this process takes one. While the dataset waits for the
   * others, its wait is `other-datasets`.
   */
  run(assignment: DatasetAssignment, signal: AbortSignal, group: PublishGroup | null): AsyncIterable<DatasetEvent>;
  /** Closes what the datasets of this attempt of a run shared. */
  release(attempt: Pick<DatasetAssignment, 'runId' | 'attempt'>): Promise<void>;
}

export interface DatasetRunnerDeps {
  readonly config: SourceConfig;
  /** What targets that people set up may reach from this process. */
  readonly rules: TargetRules;
  /** Folder for stages. */
  readonly workDir: string;
  readonly onInternalError?: (error: unknown, assignment: DatasetAssignment) => void;
}

interface Reloading {
  readonly assignment: DatasetAssignment;
  readonly events: EventBuffer;
  readonly signal: AbortSignal;
  readonly group: PublishGroup | null;
}

/** Large datasets that are open at once: one works, the others wait for a quota and keep what they have staged. */
const LARGE_OPEN_MAX = 3;

/**
 * A runner of this process: its large datasets are read one after the other. One that waits for a quota lets the next one begin: at the
 * rate that a quota allows, it needs little memory.
 */
export function createDatasetRunner(deps: DatasetRunnerDeps): DatasetRunner {
  const { config, rules, workDir } = deps;
  const sources = new Map<string, GraphSource>();
  const largeDatasets = createSlots({ active: 1, open: LARGE_OPEN_MAX });
  const sourceOf = (assignment: DatasetAssignment): GraphSource => {
    const source = sources.get(keyOf(assignment)) ?? createGraphSource(config, assignment.connection);
    sources.set(keyOf(assignment), source);
    return source;
  };
  const reload = (one: Reloading) => {
    const { assignment, events, signal, group } = one;
    const { runId, datasetRunId, dataset, task, relations, target, full, readBefore } = assignment;
    const { deletesConfirmed, unreadBefore, unreadAtStart } = assignment;
    const onWait = (wait: Wait | null) => events.add({ kind: 'waiting', wait });
    const lock = new LargeDatasetLock(largeDatasets, { clock: config.clock, onWait });
    const onRequestsWait = (wait: Wait | null): void => {
      lock.requestsWait(wait !== null);
      onWait(wait);
    };
    const publishIn = (joined: PublishGroup) => (dataset: GroupedPublish) => {
      onWait({ kind: 'other-datasets', text: OTHER_DATASETS_WAIT, since: config.clock.now().toISOString(), until: null });
      return joined.join(datasetRunId, dataset).finally(() => onWait(null));
    };
    return runDatasetReload({
      ...(group === null ? {} : { publishWithOthers: publishIn(group) }),
      ...{ runId, datasetRunId, deletesConfirmed, unreadBefore, unreadAtStart },
      ...(readBefore === null ? {} : { readBefore: new Set(readBefore) }),
      source: sourceOf(assignment).reportingWaits(onRequestsWait),
      definition: dataset,
      target: task,
      relations,
      access: target,
      rules,
      incremental: { full, sourceKey: sourceKeyOf(assignment) },
      workDir,
      largeDatasetMutex: lock,
      reporter: { progress: (state, counts) => events.add({ kind: 'progress', state, counts }) },
      clock: config.clock,
      signal,
      onInternalError: (error) => deps.onInternalError?.(error, assignment),
    });
  };
  return {
    async *run(assignment, signal, group) {
      const events = new EventBuffer();
      const abandoned = new AbortController();
      const running = reload({ assignment, events, signal: AbortSignal.any([signal, abandoned.signal]), group }).finally(() =>
        events.end(),
      );
      // Awaited below; until then a failure must not count as unhandled.
      running.catch(() => undefined);
      try {
        yield* events;
        yield { kind: 'ended', report: await running };
      } finally {
        abandoned.abort(new JobLeaseLostError());
        await running;
      }
    },
    async release(attempt) {
      const source = sources.get(keyOf(attempt));
      sources.delete(keyOf(attempt));
      await source?.close();
    },
  };
}

function keyOf({ runId, attempt }: Pick<DatasetAssignment, 'runId' | 'attempt'>): string {
  return `${runId} ${attempt}`;
}

/**
 * Identity of the source: changes are requested only with a delta token of the same source. Stored with landed rows, so its format must not change.
 */
function sourceKeyOf({ connection: { id, settings } }: DatasetAssignment): string {
  return [id, settings.clientId, settings.graphBaseUrl].join(' ');
}
