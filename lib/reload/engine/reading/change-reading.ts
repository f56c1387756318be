import { createHash } from 'node:crypto';
import { abortable, raceAbort } from '#lib/platform/async/abortable.ts';
import type { Clock } from '#lib/platform/clock.ts';
import { LANDING_TIMEOUT_MS, retryWhileUnreachable } from '#lib/platform/postgres/while-unreachable.ts';
import type { Stage } from '#lib/reload/stage/stage.ts';
import type { LandedDeltaToken, ReplayState } from '#lib/reload/stage/stage-file.ts';
import type { DatasetPlan } from '../plan.ts';
import type { ChangePage, ChangeScope, Source } from '../ports.ts';
import type { NewDeltaToken, Sink, StagedChanges } from '../sink.ts';
import { ChangesLostError } from './changes-lost.ts';
import { planWithout } from './plan-without.ts';

/** Rounds of changes after which a table that never rests is published as it is; the rest is reported next time. */
const ROUNDS_MAX = 5;
/** Changes that are worth reading one by one: beyond, pages of everything cost fewer requests (20 rows a request against 999). */
const CHANGED_IDS_SHARE_MAX = 0.02;
const CHANGED_IDS_MIN = 2000;
/** Ids that are held in memory at most while a full reading catches up. */
const CHANGED_IDS_MAX = 500_000;
const DAY_MS = 86_400_000;

/** How a run may use what is landed already. */
export interface IncrementalOptions {
  /** Everything is read and compared when the last time was this long ago, days. */
  readonly fullEveryDays: number;
  /** Whether a person requested to read everything this time. */
  readonly full: boolean;
  /** Identity of the source (connection, app, cloud): changes are requested only with a delta token of the same source. */
  readonly sourceKey: string;
}

export interface ChangeReadingDeps {
  readonly source: Source;
  readonly sink: Sink;
  readonly clock: Clock;
  /** Without the columns that are known at the start to be unreadable. */
  readonly plan: DatasetPlan;
  /** Missing: everything is read each time. */
  readonly incremental?: IncrementalOptions;
  /** See ReadOptions. */
  readonly readBefore?: ReadonlySet<string>;
  /** Columns that the last run could not read. */
  readonly unreadBefore?: readonly { readonly name: string }[];
  readonly signal: AbortSignal;
}

/**
 * The part that delta query has in a reload (Graph docs "Use delta query"): a delta token before everything is read, and the changes since
 * then after it, so that a row which changed, came or went while reading is right in the end; or the changes since the last run alone.
 */
export class ChangeReading {
  readonly #deps: ChangeReadingDeps;
  readonly #scope: ChangeScope | null;
  /** The first round, requested ahead. */
  #ahead: AsyncIterable<ChangePage> | null = null;

  constructor(deps: ChangeReadingDeps) {
    this.#deps = deps;
    this.#scope = deps.source.changeScope(deps.plan.dataset);
  }

  /** Everything is read whatever the target holds: known before anybody was asked. */
  get readsEverything(): boolean {
    return this.#findDeltaToken === null;
  }

  /** Decides how to read; a resumed run keeps the decision. */
  async begin(stage: Stage): Promise<ReplayState> {
    const { replay } = stage.checkpoint;
    if (replay !== null) return replay;
    const { mode, since, notes } = await this.#choose();
    if (mode === 'incremental' && since !== null)
      return this.#save(stage, { ...START, mode, since, deltaToken: since.deltaToken }, notes);
    return this.#beginFull(stage, since, notes);
  }

  /** Everything after all: what was staged of changes is thrown away. */
  async restart(stage: Stage, reason: string): Promise<void> {
    const deltaToken = await this.#takeDeltaToken(stage);
    await stage.store.clear({ ...START, deltaToken }, [`${reason} Entrada read the whole dataset.`]);
  }

  /** Asks what changed meanwhile as soon as Graph has sent everything, while the last of it is still being staged. */
  prefetch(stage: Stage): void {
    const { replay } = stage.checkpoint;
    if (replay?.deltaToken == null || replay.mode === 'incremental' || replay.rounds > 0) return;
    const changes = this.#changes(stage, { deltaToken: replay.deltaToken, rows: true, changedIdsMax: CHANGED_IDS_MAX })[
      Symbol.asyncIterator
    ]();
    const first = changes.next();
    // Awaited when its turn comes; until then a failure must not count as unhandled.
    first.catch(() => undefined);
    this.#ahead = resume(first, changes);
  }

  /**
   * Reads rounds of changes until one reports nothing.
   * @throws ChangesLostError in an incremental run: everything has to be read.
   */
  async catchUp(stage: Stage): Promise<void> {
    for (let replay = stage.checkpoint.replay; replay?.deltaToken != null && !replay.caughtUp; replay = stage.checkpoint.replay) {
      if (replay.rounds >= ROUNDS_MAX) return;
      const changedIdsMax =
        replay.mode === 'full' ? CHANGED_IDS_MAX : Math.max(CHANGED_IDS_MIN, (replay.since?.rows ?? 0) * CHANGED_IDS_SHARE_MAX);
      try {
        const round = await this.#readRound(stage, { deltaToken: replay.deltaToken, rows: true, changedIdsMax });
        await stage.store.saveReplay({
          ...replay,
          deltaToken: round.deltaToken,
          rounds: replay.rounds + 1,
          caughtUp: round.changedIds === 0,
          changedIdCount: replay.changedIdCount + round.changedIds,
        });
      } catch (error) {
        if (replay.mode === 'incremental' || !(error instanceof ChangesLostError)) throw error;
        await stage.store.saveReplay({ ...replay, deltaToken: null, since: null }, [
          `${error.problem.title} Rows that changed during this full read may show different points in time.`,
        ]);
      }
    }
  }

  /** What the target needs to know of the changes. `countNow`: what Graph counts after them. */
  stagedChanges(stage: Stage, countNow: number | null): StagedChanges | null {
    const { replay } = stage.checkpoint;
    if (replay === null || this.#scope === null) return null;
    return { partial: replay.mode === 'incremental', scope: this.#scope.column, since: replay.since, countNow };
  }

  /**
   * The delta token that the target keeps with the rows; none where changes alone wouldn't keep them right. It is one of the columns that were
   * read: a run that can read one more finds no delta token of its own, and reads everything.
   */
  nextDeltaToken(stage: Stage): NewDeltaToken | null {
    const deltaToken = stage.checkpoint.replay?.deltaToken ?? null;
    const { incremental } = this.#deps;
    if (deltaToken === null || incremental === undefined || this.#scope === null || this.#scope.untracked.length > 0) return null;
    return { deltaToken, signature: signatureOf(this.#planNow(stage), incremental) };
  }

  /** Asks the target for the delta token of what it holds; null where changes alone wouldn't do, whatever it is. */
  get #findDeltaToken(): (() => Promise<LandedDeltaToken | null>) | null {
    const { incremental, sink, plan, signal } = this.#deps;
    if (
      incremental === undefined ||
      sink.findDeltaToken === undefined ||
      this.#scope === null ||
      this.#scope.untracked.length > 0
    )
      return null;
    const findDeltaToken = sink.findDeltaToken.bind(sink);
    return () => findDeltaToken(plan, signatureOf(plan, incremental), signal);
  }

  /** A delta token is one of the columns that were read: with more of them, everything is read once. */
  #readAgain(): readonly string[] {
    const { plan, unreadBefore = [] } = this.#deps;
    const names = unreadBefore.map(({ name }) => name).filter((name) => plan.columns.some((column) => column.name === name));
    return names.length === 0 ? [] : [`The last run could not read ${names.join(', ')}. Entrada read the whole dataset.`];
  }

  /** Why an incremental task reads everything. */
  #untrackedNote(): readonly string[] {
    const { incremental, sink } = this.#deps;
    const untracked = this.#scope?.untracked ?? [];
    if (incremental === undefined || sink.findDeltaToken === undefined || untracked.length === 0) return [];
    return [`Each run reads the whole dataset, because delta query does not report changes in ${untracked.join(', ')}.`];
  }

  async #choose(): Promise<{ mode: ReplayState['mode']; since: ReplayState['since']; notes: readonly string[] }> {
    const { clock, incremental, signal } = this.#deps;
    const full = { mode: 'full', since: null, notes: this.#untrackedNote() } as const;
    const findDeltaToken = this.#findDeltaToken;
    if (incremental === undefined || findDeltaToken === null) return full;
    const since = await retryWhileUnreachable(findDeltaToken, { timeoutMs: LANDING_TIMEOUT_MS, signal });
    if (since === null) return { ...full, notes: [...full.notes, ...this.#readAgain()] };
    const ageDays = (clock.now().getTime() - Date.parse(since.fullAt)) / DAY_MS;
    return { ...full, mode: incremental.full || ageDays >= incremental.fullEveryDays ? 'full' : 'incremental', since };
  }

  /** With a delta token of the landed rows: first which ids changed since, so that the full comparison proves what delta query reported. */
  async #beginFull(stage: Stage, since: ReplayState['since'], notes: readonly string[]): Promise<ReplayState> {
    if (since !== null) {
      try {
        const { deltaToken } = await this.#readRound(stage, {
          deltaToken: since.deltaToken,
          rows: false,
          changedIdsMax: CHANGED_IDS_MAX,
        });
        return await this.#save(stage, { ...START, deltaToken, since }, notes);
      } catch (error) {
        if (!(error instanceof ChangesLostError)) throw error;
        const note = `${error.problem.title} This full compare could not check the changes that delta query reported.`;
        return this.#save(stage, { ...START, deltaToken: await this.#takeDeltaToken(stage) }, [...notes, note]);
      }
    }
    return this.#save(stage, { ...START, deltaToken: await this.#takeDeltaToken(stage) }, notes);
  }

  async #takeDeltaToken(stage: Stage): Promise<string | null> {
    const { source, signal } = this.#deps;
    return this.#scope === null ? null : raceAbort(source.deltaToken(this.#planNow(stage).dataset, signal), signal);
  }

  async #readRound(stage: Stage, options: { deltaToken: string; rows: boolean; changedIdsMax: number }) {
    const column = this.#scope?.column ?? '';
    const changes = this.#ahead ?? this.#changes(stage, options);
    this.#ahead = null;
    let changedIds = 0;
    let deltaToken: string | null = null;
    for await (const page of abortable(changes, this.#deps.signal)) {
      await stage.replay(page, column);
      changedIds += page.changedIds.length;
      deltaToken = page.deltaToken ?? deltaToken;
    }
    if (deltaToken === null) throw new TypeError('changes ended without a delta token');
    return { deltaToken, changedIds };
  }

  #changes(stage: Stage, options: { deltaToken: string; rows: boolean; changedIdsMax: number }): AsyncIterable<ChangePage> {
    const { source, readBefore, signal } = this.#deps;
    const known = readBefore === undefined ? {} : { readBefore };
    return source.changes(this.#planNow(stage).dataset, { ...options, ...known, signal });
  }

  /** Without what could not be read so far. */
  #planNow(stage: Stage): DatasetPlan {
    return planWithout(this.#deps.plan, stage.checkpoint.unread);
  }

  async #save(stage: Stage, replay: ReplayState, notes: readonly string[]): Promise<ReplayState> {
    await stage.store.saveReplay(replay, notes);
    return replay;
  }
}

/** An iteration whose first step was taken already. */
async function* resume<T>(first: Promise<IteratorResult<T>>, rest: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    for (let step = await first; step.done !== true; step = await rest.next()) yield step.value;
  } finally {
    await rest.return?.();
  }
}

/** Rows of one signature can be brought up to date by changes; any other needs a full reading first. */
function signatureOf({ dataset, columns, key }: DatasetPlan, { sourceKey }: IncrementalOptions): string {
  const facts = [
    sourceKey,
    dataset.path,
    dataset.filter,
    key,
    columns.map(({ name, sourcePath, type }) => [name, sourcePath, type]),
  ];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

const START: ReplayState = { mode: 'full', deltaToken: null, since: null, rounds: 0, caughtUp: false, changedIdCount: 0 };
