import { existsSync, rmSync } from 'node:fs';
import { toProblem } from '#lib/platform/errors.ts';
import { FIRST_CONNECT_TIMEOUT_MS, LANDING_TIMEOUT_MS, retryWhileUnreachable } from '#lib/platform/postgres/while-unreachable.ts';
import { inSpan } from '#lib/platform/tracing/span.ts';
import { removeDuplicates } from '#lib/reload/stage/duplicates.ts';
import { settleRejected } from '#lib/reload/stage/rejected/rejected.ts';
import { isKeylessSingleton, resolveSingletonKey } from '#lib/reload/stage/single-key.ts';
import type { Stage } from '#lib/reload/stage/stage.ts';
import type { DatasetRun, ReloadDeps } from './dataset-run.ts';
import { JobLeaseLostError } from './job-lease-lost.ts';
import { openStage } from './open-stage.ts';
import type { DatasetPlan } from './plan.ts';
import type { DatasetReport } from './ports.ts';
import { ChangeReading } from './reading/change-reading.ts';
import { ChangesLostError } from './reading/changes-lost.ts';
import { IncompleteError, partlyRead } from './reading/completeness.ts';
import { EventReading } from './reading/event-reading.ts';
import { PageReading } from './reading/page-reading.ts';
import { planWithout } from './reading/plan-without.ts';
import { RequestCount } from './reading/request-count.ts';
import { RunReport } from './run-report.ts';
import type { Preload, Published, PublishOptions } from './sink.ts';

/** Unproven parents that a report names; the others are counted. */
const UNPROVEN_NAMED_MAX = 50;
/** Rows that were set aside that a report names; the others are counted. */
const REJECTED_NAMED_MAX = 20;
/** Parents that could not be read that a problem names. */
const FAILED_NAMED_MAX = 5;

/** One run of one dataset from its first request to its publish. */
export class ReloadSession {
  readonly #deps: ReloadDeps;
  #run: DatasetRun;
  /** The plan without columns that are known to be unreadable. */
  readonly #asked: DatasetPlan;
  readonly #signal: AbortSignal;
  readonly #report: RunReport;
  readonly #pages: PageReading;
  #stage: Stage | null = null;
  #preload: Preload | null = null;
  readonly #onAbort = (): void => {
    // The next worker of the run uses what is staged until then.
    if (!(this.#signal.reason instanceof JobLeaseLostError)) this.#stage?.interrupt();
  };

  constructor(deps: ReloadDeps, run: DatasetRun, signal: AbortSignal) {
    this.#deps = deps;
    this.#run = run;
    this.#asked = planWithout(run.plan, run.unreadAtStart ?? []);
    this.#signal = signal;
    const requests = new RequestCount(deps.source);
    this.#report = new RunReport(deps.reporter, requests, run.drift);
    this.#pages = new PageReading({ ...deps, ...run, plan: this.#asked, report: this.#report, requests, signal });
  }

  async run(): Promise<DatasetReport> {
    const { plan, runId } = this.#run;
    const { sink, source, stageDir } = this.#deps;
    this.#signal.throwIfAborted();
    const find = (): Promise<Published | null> => sink.findPublished(plan, runId, this.#signal);
    const changes = new ChangeReading({ ...this.#deps, ...this.#run, plan: this.#asked, signal: this.#signal });
    // A new run asks Graph meanwhile.
    const events = new EventReading({ ...this.#deps, ...this.#run, plan: this.#asked, signal: this.#signal });
    if (changes.readsEverything && !events.applies && !existsSync(stageDir)) source.prepare?.(this.#asked.dataset, this.#signal);
    // The target is asked while the stage is opened: each takes its moment.
    const finding = retryWhileUnreachable(find, { timeoutMs: FIRST_CONNECT_TIMEOUT_MS, signal: this.#signal });
    finding.catch(() => undefined);
    const stage = await openStage(this.#deps, this.#run, this.#signal);
    this.#stage = stage;
    this.#report.setStage(stage);
    this.#signal.addEventListener('abort', this.#onAbort, { once: true });
    const before = await finding;
    if (before !== null) return this.#report.published(before);
    this.#report.progress('reading');
    if (events.applies) return this.#readEvents(stage, events);
    const { mode } = await changes.begin(stage);
    if (mode === 'incremental') {
      try {
        return await this.#readChanges(stage, changes);
      } catch (error) {
        if (!(error instanceof ChangesLostError)) throw error;
        const opened = await this.#reopened();
        await changes.restart(opened, error.problem.title);
        return this.#readAll(opened, changes);
      }
    }
    return this.#readAll(stage, changes);
  }

  /** The report of an error that `run` threw. */
  failed(error: unknown): DatasetReport {
    if (this.#signal.aborted) return this.#report.cancelled();
    const { runId } = this.#run;
    if (!(error instanceof IncompleteError) && toProblem(error, runId).code === 'internal') this.#deps.onInternalError?.(error);
    return this.#report.failed(error, runId);
  }

  /** Releases what the run holds. */
  async end(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#onAbort);
    await this.#preload?.end();
    this.#pages.end();
    if (this.#signal.reason instanceof JobLeaseLostError) this.#stage?.close();
    else if (this.#stage !== null) this.#stage.remove();
    // An earlier attempt has left a stage, which this one did not come to open.
    else rmSync(this.#deps.stageDir, { recursive: true, force: true });
  }

  /** Only what changed since the landed rows were published. */
  async #readChanges(stage: Stage, changes: ChangeReading): Promise<DatasetReport> {
    await changes.catchUp(stage);
    this.#report.progress('reading');
    await removeDuplicates(stage.store, this.#asked.key);
    return this.#publish(stage, changes, await this.#pages.countNow());
  }

  /** What happened since the last run; rows of before stay as they are. */
  async #readEvents(stage: Stage, events: EventReading): Promise<DatasetReport> {
    this.#pages.narrowTo(await events.begin(stage));
    await this.#pages.read(stage, () => undefined);
    if (!stage.checkpoint.ended)
      throw new IncompleteError(this.#run.plan.dataset.name, 'The reading stopped before the last page.');
    await removeDuplicates(stage.store, this.#run.plan.key);
    await settleRejected(stage.store, this.#run.plan.key, 0);
    await this.#pages.prove(stage);
    const incomplete = await this.#whyIncomplete(stage, 'appends');
    const read = await this.#whatWasRead(stage);
    this.#report.progress('publishing');
    this.#signal.throwIfAborted();
    const { runId, deletesConfirmed } = this.#run;
    const { clock } = this.#deps;
    const options = {
      ...read,
      ...(incomplete === null ? {} : { incomplete: incomplete.incomplete }),
      ...{ changes: null, deltaToken: null, keepsAbsent: true, runId, deletesConfirmed, now: clock.now(), signal: this.#signal },
      events: await events.staged(stage, read.plan, read.rejected !== null && read.rejected !== undefined),
    };
    return this.#show(stage, options);
  }

  async #readAll(stage: Stage, changes: ChangeReading): Promise<DatasetReport> {
    const { plan } = this.#run;
    // Whether one object has a key shows when it is there.
    const preload =
      plan.dataset.read.single || this.#deps.publishWithOthers !== undefined
        ? null
        : (this.#deps.sink.beginPreload?.(stage.staged, plan, this.#signal) ?? null);
    this.#preload = preload;
    if (preload !== null) stage.writer.onPart((part) => preload.take(part));
    await this.#pages.read(stage, () => changes.prefetch(stage));
    if (!stage.checkpoint.ended) throw new IncompleteError(plan.dataset.name, 'The reading stopped before the last page.');
    this.#run = { ...this.#run, plan: await resolveSingletonKey(stage.staged, plan) };
    const repeated = await removeDuplicates(stage.store, this.#run.plan.key);
    if (repeated > 0) this.#report.note(`Graph sent ${repeated} rows more than once; the last version of each was kept.`);
    await changes.catchUp(stage);
    if ((stage.checkpoint.replay?.changedIdCount ?? 0) > 0) await removeDuplicates(stage.store, this.#run.plan.key);
    this.#report.progress('reading');
    await settleRejected(stage.store, this.#run.plan.key, 0);
    await this.#pages.prove(stage);
    return this.#publish(stage, changes, null);
  }

  async #publish(stage: Stage, changes: ChangeReading, countNow: number | null): Promise<DatasetReport> {
    const { runId, plan, deletesConfirmed } = this.#run;
    const { clock } = this.#deps;
    const incomplete = await this.#whyIncomplete(stage);
    this.#report.progress('publishing');
    this.#signal.throwIfAborted();
    const options = {
      ...(await this.#whatWasRead(stage)),
      ...incomplete,
      changes: changes.stagedChanges(stage, countNow),
      // A target stores no delta token with unproven parents: the next run has to read all of them. It needs this one to check its start.
      deltaToken: incomplete?.keepsAbsent === true ? null : changes.nextDeltaToken(stage),
      runId,
      now: clock.now(),
      deletesConfirmed: deletesConfirmed || isKeylessSingleton(plan),
      signal: this.#signal,
    };
    return this.#show(stage, options);
  }

  /** Publishes, also when the target is unreachable for a while. */
  async #intoTarget(publish: () => Promise<Published>): Promise<Published> {
    const waiting = { timeoutMs: LANDING_TIMEOUT_MS, signal: this.#signal };
    const attributes = { 'entrada.dataset.name': this.#run.plan.dataset.name };
    return inSpan('publish', { kind: 'client', attributes }, () => retryWhileUnreachable(publish, waiting));
  }

  /** By itself, or with the other datasets of the run. While it waits for those, no file is open and the next large dataset may begin. */
  async #show(stage: Stage, options: PublishOptions): Promise<DatasetReport> {
    const { sink, publishWithOthers } = this.#deps;
    if (publishWithOthers === undefined)
      return this.#report.published(await this.#intoTarget(() => sink.publish(stage.staged, options)));
    this.#pages.end();
    stage.close();
    const open = async () => (await this.#reopened()).staged;
    const rest = () => this.#stage?.close();
    return this.#report.published(await publishWithOthers({ sink, options, open, rest }));
  }

  /** The stage, after it was closed for a wait. */
  async #reopened(): Promise<Stage> {
    if (this.#stage === null || this.#stage.isClosed) this.#stage = await openStage(this.#deps, this.#run, this.#signal);
    return this.#stage;
  }

  /**
   * Null when every parent was read, or there are none.
   * @throws IncompleteError where the target takes only what is whole.
   */
  async #whyIncomplete(
    stage: Stage,
    how: 'compares' | 'appends' = 'compares',
  ): Promise<Required<Pick<PublishOptions, 'incomplete' | 'keepsAbsent'>> | null> {
    const { dataset } = this.#run.plan;
    const { gap } = stage.checkpoint;
    const failed = await stage.store.unproven(FAILED_NAMED_MAX, 'failed');
    if (failed.count === 0 && gap === null) return null;
    const error = partlyRead({ dataset, failed, gap });
    if (how === 'compares' && this.#deps.sink.acceptsIncomplete !== true) throw error;
    const consequence =
      gap === null && how === 'compares'
        ? 'Their landed rows were kept; the rows of all other parents were compared.'
        : 'The rows that were read were added; no row was deleted.';
    const { problem } = error;
    return { incomplete: { ...problem, detail: `${problem.detail ?? ''} ${consequence}`.trim() }, keepsAbsent: gap !== null };
  }

  /** The plan of what was read, and what was not. */
  async #whatWasRead(stage: Stage): Promise<Pick<PublishOptions, 'plan' | 'unread' | 'unproven' | 'rejected' | 'drift'>> {
    const { plan, unreadBefore = [], unreadAtStart = [], drift = [] } = this.#run;
    const now = this.#deps.clock.now().toISOString();
    const since = new Map(unreadBefore.map((column) => [column.name, column.since]));
    const columns = new Map([...unreadAtStart, ...stage.checkpoint.unread].map((column) => [column.name, column]));
    const unread = [...columns.values()].map(({ name, reason }) => ({ name, reason, since: since.get(name) ?? now }));
    const unproven = await stage.store.unproven(UNPROVEN_NAMED_MAX);
    const rejected = await settleRejected(stage.store, plan.key, REJECTED_NAMED_MAX);
    this.#report.setNotRead({ unread, unproven, rejected });
    const column = plan.dataset.parent?.column;
    return {
      plan: { ...plan, columns: planWithout(plan, unread).columns },
      unread,
      unproven: unproven.count === 0 || column === undefined ? null : { ...unproven, column },
      rejected: rejected.count === 0 ? null : rejected,
      ...(drift.length === 0 ? {} : { drift }),
    };
  }
}
