import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMALL_DATASET_ROWS } from '#lib/domain/run/dataset-concurrency.ts';
import {
  type DatasetCounts,
  type DatasetRunState,
  NO_COUNTS,
  NONE_UNPROVEN,
  type UnprovenParents,
  type UnreadColumn,
} from '#lib/domain/run/run.ts';
import { abortable, raceAbort } from '#lib/platform/async/abortable.ts';
import type { Mutex } from '#lib/platform/async/mutex.ts';
import type { Clock } from '#lib/platform/clock.ts';
import { AppError, toProblem } from '#lib/platform/errors.ts';
import { FIRST_CONNECT_TIMEOUT_MS, retryWhileUnreachable } from '#lib/platform/postgres/while-unreachable.ts';
import { isKeylessSingleton, resolveSingletonKey } from '#lib/reload/stage/single-key.ts';
import { Stage } from '#lib/reload/stage/stage.ts';
import type { StageOptions } from '#lib/reload/stage/stage-file.ts';
import { ChangeReading, type IncrementalOptions } from './change-reading.ts';
import { ChangesLostError } from './changes-lost.ts';
import { findGap, IncompleteError, partlyRead } from './completeness.ts';
import { JobLeaseLostError } from './job-lease-lost.ts';
import type { DatasetPlan } from './plan.ts';
import { planWithout } from './plan-without.ts';
import type { DatasetReport, Page, ReadOptions, Reporter, Source } from './ports.ts';
import { countsOf, type Preload, type Published, type PublishOptions, type Sink } from './sink.ts';

/** A note of a collection that could be counted by its definition, and is not. */
const UNCOUNTED =
  'Graph does not count this collection here: that its rows are complete rests on the chain of pages alone, which was followed to its end.';

/** How long a stage that is in use is waited for, milliseconds; a worker that stops has 15 s (supervisor), one that lost its job 2 s. */
const LET_GO_MS = 15_000;
const LOOK_EVERY_MS = 200;
/** A dataset of more bytes is a large one, too; until then its pages wait on disk, and little of it is in memory. */
const SMALL_BYTES = 8 << 20;
/** Unproven parents that a report names; the others are counted. */
const UNPROVEN_NAMED_MAX = 50;
/** Parents that could not be read that a problem names. */
const FAILED_NAMED_MAX = 5;

export interface ReloadDeps {
  readonly source: Source;
  readonly sink: Sink;
  readonly reporter: Reporter;
  readonly clock: Clock;
  /** Folder of this dataset run's stage. */
  readonly stageDir: string;
  /** Where datasets are reloaded side by side: one large one at a time, so that memory doesn't grow with their number. */
  readonly largeDatasetMutex?: Mutex;
  /** Is told of errors that are our own fault, with their cause. */
  readonly onInternalError?: (error: unknown) => void;
}

export interface DatasetRun {
  readonly plan: DatasetPlan;
  readonly runId: string;
  readonly deletesConfirmed: boolean;
  /** Missing: everything is read each time. */
  readonly incremental?: IncrementalOptions;
  /** Columns that the last run of the same table could not read: what stays unread stays so since then. */
  readonly unreadBefore?: readonly UnreadColumn[];
  /** Selected columns of which it is known that they can't be read this time: they are not asked for. */
  readonly unreadAtStart?: readonly Omit<UnreadColumn, 'since'>[];
  /** See ReadOptions. */
  readonly readBefore?: ReadonlySet<string>;
}

/**
 * Reloads one dataset: read all of it into the stage, or what changed since the last run, bring it up to one moment by delta query where
 * there is one, prove that it is all, publish in one step. Never throws: how it ended is in the report. A process that dies on the way leaves a stage from which the next call with the same `stageDir` and run goes on; every
 * reported end removes it, unless the signal's reason is JobLeaseLostError. `signal` stops within 2 s; what was being read is then nowhere visible.
 */
export async function reloadDataset(deps: ReloadDeps, run: DatasetRun, signal: AbortSignal): Promise<DatasetReport> {
  const work = new ReloadSession(deps, run, signal);
  let report: DatasetReport;
  try {
    report = await work.run();
  } catch (error) {
    report = work.failed(error);
  }
  await work.end();
  return report;
}

class ReloadSession {
  readonly #deps: ReloadDeps;
  #run: DatasetRun;
  /** The plan without what is known not to be readable. */
  readonly #asked: DatasetPlan;
  readonly #signal: AbortSignal;
  #stage: Stage | null = null;
  #early: Preload | null = null;
  #releaseMutex: (() => void) | null = null;
  #notes: string[] = [];
  #published: Partial<DatasetCounts> = {};
  #unread: readonly UnreadColumn[] = [];
  #unproven: UnprovenParents = NONE_UNPROVEN;
  readonly #onAbort = (): void => {
    // What is being staged is of use to the worker that goes on.
    if (!(this.#signal.reason instanceof JobLeaseLostError)) this.#stage?.interrupt();
  };

  constructor(deps: ReloadDeps, run: DatasetRun, signal: AbortSignal) {
    this.#deps = deps;
    this.#run = run;
    this.#asked = planWithout(run.plan, run.unreadAtStart ?? []);
    this.#signal = signal;
  }

  async run(): Promise<DatasetReport> {
    const { plan, runId } = this.#run;
    const { sink } = this.#deps;
    this.#signal.throwIfAborted();
    const find = (): Promise<Published | null> => sink.findPublished(plan, runId, this.#signal);
    const changes = new ChangeReading({ ...this.#deps, ...this.#run, plan: this.#asked, signal: this.#signal });
    // A new run asks Graph meanwhile.
    if (changes.readsEverything && !existsSync(this.#deps.stageDir))
      this.#deps.source.prepare?.(this.#asked.dataset, this.#signal);
    // Target and stage side by side: each takes its moment.
    const finding = retryWhileUnreachable(find, this.#signal, FIRST_CONNECT_TIMEOUT_MS);
    finding.catch(() => undefined);
    const stage = await openStage(
      {
        ...{ dir: this.#deps.stageDir, columns: plan.columns, signature: signatureOf(this.#run) },
        forLake: sink.adoptsParquet === true,
      },
      this.#signal,
    );
    this.#stage = stage;
    this.#signal.addEventListener('abort', this.#onAbort, { once: true });
    const before = await finding;
    if (before !== null) return this.#done(before);
    this.#tell('reading');
    const { mode } = await changes.begin(stage);
    if (mode === 'incremental') {
      try {
        return await this.#readChanges(stage, changes);
      } catch (error) {
        if (!(error instanceof ChangesLostError)) throw error;
        await changes.restart(stage, error.problem.title);
      }
    }
    return this.#readAll(stage, changes);
  }

  /** Only what changed since the landed rows were published. */
  async #readChanges(stage: Stage, changes: ChangeReading): Promise<DatasetReport> {
    const { dataset, countable, key } = this.#asked;
    await changes.catchUp(stage);
    this.#tell('reading');
    await stage.removeDuplicates(key);
    const countNow = countable ? await raceAbort(this.#deps.source.count(dataset, this.#signal), this.#signal) : null;
    if (countable && countNow === null) this.#notes.push(UNCOUNTED);
    return this.#publish(stage, changes, countNow);
  }

  async #readAll(stage: Stage, changes: ChangeReading): Promise<DatasetReport> {
    // Whether one object has a key shows when it is there.
    const { plan } = this.#run;
    const early = plan.dataset.read.single ? null : (this.#deps.sink.beginPreload?.(stage, plan, this.#signal) ?? null);
    this.#early = early;
    if (early !== null) stage.onPart((part) => early.take(part));
    await this.#read(stage, () => changes.prefetch(stage));
    if (!stage.checkpoint.ended) throw new IncompleteError(plan.dataset.name, 'The chain of pages stopped before its end.');
    this.#run = { ...this.#run, plan: await resolveSingletonKey(stage, plan) };
    const repeated = await stage.removeDuplicates(this.#run.plan.key);
    if (repeated > 0) this.#notes.push(`Graph sent ${repeated} rows more than once; the last one of each was kept.`);
    await changes.catchUp(stage);
    if ((stage.checkpoint.replay?.changedIdCount ?? 0) > 0) await stage.removeDuplicates(this.#run.plan.key);
    this.#tell('reading');
    await this.#prove(stage);
    return this.#publish(stage, changes, null);
  }

  async #publish(stage: Stage, changes: ChangeReading, countNow: number | null): Promise<DatasetReport> {
    const { runId, plan } = this.#run;
    const { sink, clock } = this.#deps;
    const incomplete = await this.#whyIncomplete(stage);
    this.#tell('publishing');
    this.#signal.throwIfAborted();
    const options = {
      ...(await this.#whatWasRead(stage)),
      ...incomplete,
      changes: changes.stagedChanges(stage, countNow),
      // A target keeps no delta token beside unproven parents: the next run has to read all of them. It needs this one to check its start.
      deltaToken: incomplete?.keepsAbsent === true ? null : changes.nextDeltaToken(stage),
      runId,
      now: clock.now(),
      deletesConfirmed: this.#run.deletesConfirmed || isKeylessSingleton(plan),
      signal: this.#signal,
    };
    return this.#done(await retryWhileUnreachable(() => sink.publish(stage, options), this.#signal));
  }

  /**
   * Null when every parent was read, or there are none.
   * @throws IncompleteError where the target takes only what is whole.
   */
  async #whyIncomplete(stage: Stage): Promise<Required<Pick<PublishOptions, 'incomplete' | 'keepsAbsent'>> | null> {
    const { dataset } = this.#run.plan;
    const { gap } = stage.checkpoint;
    const failed = await stage.unproven(FAILED_NAMED_MAX, 'failed');
    if (failed.count === 0 && gap === null) return null;
    const error = partlyRead({ dataset, failed, gap });
    if (this.#deps.sink.acceptsIncomplete !== true) throw error;
    const told =
      gap === null
        ? 'Their landed rows were kept; those of the others were compared.'
        : 'What was read was added; nothing was deleted.';
    const { problem } = error;
    return { incomplete: { ...problem, detail: `${problem.detail ?? ''} ${told}`.trim() }, keepsAbsent: gap !== null };
  }

  /** The plan of what was read, and what was not. */
  async #whatWasRead(stage: Stage): Promise<Pick<PublishOptions, 'plan' | 'unread' | 'unproven'>> {
    const { plan, unreadBefore = [], unreadAtStart = [] } = this.#run;
    const now = this.#deps.clock.now().toISOString();
    const since = new Map(unreadBefore.map((column) => [column.name, column.since]));
    const unread = new Map([...unreadAtStart, ...stage.checkpoint.unread].map((column) => [column.name, column]));
    this.#unread = [...unread.values()].map(({ name, reason }) => ({ name, reason, since: since.get(name) ?? now }));
    this.#unproven = await stage.unproven(UNPROVEN_NAMED_MAX);
    const column = plan.dataset.parent?.column;
    return {
      plan: { ...plan, columns: planWithout(plan, this.#unread).columns },
      unread: this.#unread,
      unproven: this.#unproven.count === 0 || column === undefined ? null : { ...this.#unproven, column },
    };
  }

  #done(published: Published): DatasetReport {
    this.#published = countsOf(published);
    this.#notes.push(...published.notes);
    this.#unread = published.unread ?? this.#unread;
    this.#unproven = published.unproven ?? this.#unproven;
    const { incomplete } = published;
    if (incomplete !== undefined) return { ...this.#report('incomplete'), problem: incomplete };
    return this.#report(this.#unread.length === 0 && this.#unproven.count === 0 ? 'done' : 'partial');
  }

  failed(error: unknown): DatasetReport {
    if (this.#signal.aborted) return this.#report('cancelled');
    if (error instanceof IncompleteError) {
      if (error.problem.detail !== undefined) this.#notes.push(error.problem.detail);
      return { ...this.#report('incomplete'), problem: error.problem };
    }
    const problem = toProblem(error, this.#run.runId);
    if (problem.code === 'internal') this.#deps.onInternalError?.(error);
    return { ...this.#report('failed'), problem };
  }

  async end(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#onAbort);
    await this.#early?.end();
    this.#releaseMutex?.();
    if (this.#signal.reason instanceof JobLeaseLostError) this.#stage?.close();
    else this.#stage?.remove();
  }

  /** Pages into the stage; while some are parsed the next are read. `onAllSent` is told when the last one has come. */
  async #read(stage: Stage, onAllSent: () => void): Promise<void> {
    const { source } = this.#deps;
    const { dataset, countable } = this.#asked;
    const { checkpoint } = stage;
    if (checkpoint.cursor === null && !checkpoint.ended && countable) {
      await stage.setExpectedRows(await raceAbort(source.count(dataset, this.#signal), this.#signal));
    }
    if (Math.max(stage.checkpoint.rowsExpected ?? 0, stage.rows) > SMALL_DATASET_ROWS) await this.#waitAsLarge();
    if (checkpoint.ended) return;
    // What a worker before this one could not read is not asked for again: it lacks in the rows that are staged.
    const asked = planWithout(this.#asked, checkpoint.unread).dataset;
    await this.#take(stage, source.read(asked, { cursor: checkpoint.cursor, ...this.#readOptions }), onAllSent);
  }

  get #readOptions(): Omit<ReadOptions, 'cursor'> {
    const { readBefore } = this.#run;
    return { signal: this.#signal, ...(readBefore === undefined ? {} : { readBefore }) };
  }

  /** Until no other large dataset is at work; from then on to its end this one is. */
  async #waitAsLarge(): Promise<void> {
    const { largeDatasetMutex } = this.#deps;
    if (this.#releaseMutex !== null || largeDatasetMutex === undefined) return;
    if (largeDatasetMutex.isLocked) this.#tell('waiting');
    this.#releaseMutex = await largeDatasetMutex.acquire(this.#signal);
    this.#tell('reading');
  }

  async #take(stage: Stage, source: AsyncIterable<Page>, onAllSent = (): void => undefined): Promise<void> {
    let bytes = 0;
    try {
      for await (const page of abortable(source, this.#signal)) {
        bytes += page.body.byteLength;
        if (bytes > SMALL_BYTES) await this.#waitAsLarge();
        await stage.add(page);
        this.#tell('reading');
      }
      onAllSent();
      await stage.flush();
    } finally {
      await stage.settle();
    }
    this.#tell('reading');
  }

  /** Reads the whole once more when parts of it may have missed rows; answers whether it did. */
  async #readMissed(stage: Stage, gap: string): Promise<boolean> {
    const { dataset, key } = planWithout(this.#asked, stage.checkpoint.unread);
    const pages = this.#deps.source.readWhole?.(dataset, this.#readOptions) ?? null;
    if (pages === null || key.length === 0) return false;
    this.#notes.push(`${gap} So all of it was read once more, page after page.`);
    await this.#take(stage, pages);
    await stage.removeDuplicates(key);
    return true;
  }

  /** `$count` against what is staged. Its index lags: what delta query has just told of may be in it or not. */
  async #prove(stage: Stage): Promise<void> {
    const { dataset } = this.#asked;
    const countBefore = stage.checkpoint.rowsExpected;
    if (this.#asked.countable && countBefore === null) this.#notes.push(UNCOUNTED);
    const reported = stage.checkpoint.replay?.changedIdCount ?? 0;
    const facts = { staged: stage.rows, countBefore, countAfter: null, reported };
    if (countBefore === stage.rows || findGap({ ...facts, reported: 0 }) === null) return;
    const countAfter = await raceAbort(this.#deps.source.count(dataset, this.#signal), this.#signal);
    const gap = findGap({ ...facts, countAfter });
    if (gap !== null) {
      const missed = stage.rows < (countAfter ?? 0) && (await this.#readMissed(stage, gap));
      const left = missed ? findGap({ ...facts, staged: stage.rows, countAfter }) : gap;
      if (left !== null) throw new IncompleteError(dataset.name, `${left} Nothing was compared, deleted or published.`);
      return;
    }
    this.#notes.push(`Rows changed while reading: Graph counted ${countBefore}, then ${countAfter}; ${stage.rows} were read.`);
  }

  #tell(state: DatasetRunState): void {
    this.#deps.reporter.progress(state, this.#counts());
  }

  #counts(): DatasetCounts {
    const stage = this.#stage;
    if (stage === null) return NO_COUNTS;
    const { rowsExpected, requests, throttledMs, bytes } = stage.checkpoint;
    return { ...NO_COUNTS, rowsRead: stage.rows, rowsExpected, requests, throttledMs, bytes, ...this.#published };
  }

  #report(state: DatasetReport['state']): DatasetReport {
    const incremental = this.#stage?.checkpoint.replay?.mode === 'incremental';
    const [unread, unproven] = [this.#unread, this.#unproven];
    return {
      state,
      counts: this.#counts(),
      problem: null,
      notes: [...this.#stageNotes(), ...this.#notes],
      incremental,
      unread,
      unproven,
    };
  }

  #stageNotes(): string[] {
    const checkpoint = this.#stage?.checkpoint;
    if (checkpoint === undefined) return [];
    const { charactersReplaced, notes } = checkpoint;
    if (charactersReplaced === 0) return [...notes];
    return [...notes, `${charactersReplaced} characters that no table can hold (such as NUL) were replaced by U+FFFD.`];
  }
}

/** Another worker that has just lost the job to us may need a moment to let go of its stage. */
async function openStage(options: StageOptions, signal: AbortSignal): Promise<Stage> {
  const giveUpAt = performance.now() + LET_GO_MS;
  for (;;) {
    try {
      return await Stage.open(options);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'stage-in-use' || performance.now() > giveUpAt) throw error;
      await sleep(LOOK_EVERY_MS, undefined, { signal });
    }
  }
}

/** A stage goes on only with the same run of the same columns from the same place. */
function signatureOf(run: DatasetRun): string {
  const { dataset, columns } = run.plan;
  return JSON.stringify([
    run.runId,
    dataset.name,
    dataset.path,
    columns.map(({ name, sourcePath, type }) => [name, sourcePath, type]),
  ]);
}
