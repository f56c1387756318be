import { createHash } from 'node:crypto';
import { abortable, untilAborted } from '#lib/platform/async/abortable.ts';
import type { Clock } from '#lib/platform/clock.ts';
import { whileUnreachable } from '#lib/platform/postgres/while-unreachable.ts';
import type { Stage } from '#lib/reload/stage/stage.ts';
import type { LandedMark, Replay } from '#lib/reload/stage/stage-file.ts';
import { ChangesLostError } from './changes-lost.ts';
import type { DatasetPlan } from './plan.ts';
import { planWithout } from './plan-without.ts';
import type { ChangePage, ChangeScope, Source } from './ports.ts';
import type { NewMark, Sink, StagedChanges } from './sink.ts';

/** Rounds of changes after which a table that never rests is published as it is; the rest is told next time. */
const ROUNDS_MAX = 5;
/** Changes that are worth reading one by one: beyond, pages of everything cost fewer requests (20 rows a request against 999). */
const TOUCHED_SHARE_MAX = 0.02;
const TOUCHED_MIN = 2000;
/** Ids that are held in memory at most while a full reading catches up. */
const TOUCHED_MAX = 500_000;
const DAY_MS = 86_400_000;

/** How a run may use what is landed already. */
export interface IncrementalOptions {
  /** Everything is read and compared when the last time was this long ago, days. */
  readonly fullEveryDays: number;
  /** A person wants everything read this time. */
  readonly full: boolean;
  /** Says whose rows these are (connection, app, cloud): changes are only asked for by a mark of the same. */
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
 * The part that delta query has in a reload (Graph docs "Use delta query"): a mark before everything is read, and the changes since
 * then after it, so that a row which changed, came or went while reading is right in the end; or the changes since the last run alone.
 */
export class ChangeReading {
  readonly #deps: ChangeReadingDeps;
  readonly #scope: ChangeScope | null;
  /** The first round, asked for ahead. */
  #ahead: AsyncIterable<ChangePage> | null = null;

  constructor(deps: ChangeReadingDeps) {
    this.#deps = deps;
    this.#scope = deps.source.changeScope(deps.plan.dataset);
  }

  /** Everything is read whatever the target holds: known before anybody was asked. */
  get readsEverything(): boolean {
    return this.#findMark === null;
  }

  /** Decides how to read; a run that goes on keeps what was decided. */
  async begin(stage: Stage): Promise<Replay> {
    const { replay } = stage.checkpoint;
    if (replay !== null) return replay;
    const { mode, since, notes } = await this.#choose();
    if (mode === 'incremental' && since !== null) return this.#save(stage, { ...START, mode, since, mark: since.mark }, notes);
    return this.#beginFull(stage, since, notes);
  }

  /** Everything after all: what was staged of changes is thrown away. */
  async beginAnew(stage: Stage, reason: string): Promise<void> {
    const mark = await this.#takeMark(stage);
    await stage.clear({ ...START, mark }, [`${reason} Everything was read.`]);
  }

  /** Asks what changed meanwhile as soon as Graph has sent everything, while the last of it is still being staged. */
  askAhead(stage: Stage): void {
    const { replay } = stage.checkpoint;
    if (replay?.mark == null || replay.mode === 'incremental' || replay.rounds > 0) return;
    const changes = this.#changes(stage, { mark: replay.mark, rows: true, touchedMax: TOUCHED_MAX })[Symbol.asyncIterator]();
    const first = changes.next();
    // Awaited when its turn comes; until then a failure must not count as unhandled.
    first.catch(() => undefined);
    this.#ahead = goOn(first, changes);
  }

  /**
   * Reads rounds of changes until one tells of nothing.
   * @throws ChangesLostError in an incremental run: everything has to be read.
   */
  async catchUp(stage: Stage): Promise<void> {
    for (let replay = stage.checkpoint.replay; replay?.mark != null && !replay.quiet; replay = stage.checkpoint.replay) {
      if (replay.rounds >= ROUNDS_MAX) return;
      const touchedMax =
        replay.mode === 'full' ? TOUCHED_MAX : Math.max(TOUCHED_MIN, (replay.since?.rows ?? 0) * TOUCHED_SHARE_MAX);
      try {
        const round = await this.#readRound(stage, { mark: replay.mark, rows: true, touchedMax });
        await stage.saveReplay({
          ...replay,
          mark: round.mark,
          rounds: replay.rounds + 1,
          quiet: round.touched === 0,
          touched: replay.touched + round.touched,
        });
      } catch (error) {
        if (replay.mode === 'incremental' || !(error instanceof ChangesLostError)) throw error;
        await stage.saveReplay({ ...replay, mark: null, since: null }, [
          `${error.problem.title} Rows that changed while everything was read may be of different moments.`,
        ]);
      }
    }
  }

  /** What the target is told of the changes. `countNow`: what Graph counts after them. */
  staged(stage: Stage, countNow: number | null): StagedChanges | null {
    const { replay } = stage.checkpoint;
    if (replay === null || this.#scope === null) return null;
    return { partial: replay.mode === 'incremental', scope: this.#scope.column, since: replay.since, countNow };
  }

  /**
   * The mark that the target keeps with the rows; none where changes alone wouldn't keep them right. It is one of the columns that were
   * read: a run that can read one more finds no mark of its own, and reads everything.
   */
  nextMark(stage: Stage): NewMark | null {
    const mark = stage.checkpoint.replay?.mark ?? null;
    const { incremental } = this.#deps;
    if (mark === null || incremental === undefined || this.#scope === null || this.#scope.untold.length > 0) return null;
    return { mark, signature: signatureOf(this.#planNow(stage), incremental) };
  }

  /** Asks the target for the mark of what it holds; null where changes alone wouldn't do, whatever it is. */
  get #findMark(): (() => Promise<LandedMark | null>) | null {
    const { incremental, sink, plan, signal } = this.#deps;
    if (incremental === undefined || sink.findMark === undefined || this.#scope === null || this.#scope.untold.length > 0)
      return null;
    const findMark = sink.findMark.bind(sink);
    return () => findMark(plan, signatureOf(plan, incremental), signal);
  }

  /** A mark is one of the columns that were read: with more of them, everything is read once. */
  #readAgain(): readonly string[] {
    const { plan, unreadBefore = [] } = this.#deps;
    const names = unreadBefore.map(({ name }) => name).filter((name) => plan.columns.some((column) => column.name === name));
    return names.length === 0 ? [] : [`The last run could not read ${names.join(', ')}. Everything was read.`];
  }

  /** Why a task that wants changes alone reads everything. */
  #untold(): readonly string[] {
    const { incremental, sink } = this.#deps;
    const untold = this.#scope?.untold ?? [];
    if (incremental === undefined || sink.findMark === undefined || untold.length === 0) return [];
    return [`Everything is read each time: delta query does not tell of changes in ${untold.join(', ')}.`];
  }

  async #choose(): Promise<{ mode: Replay['mode']; since: Replay['since']; notes: readonly string[] }> {
    const { clock, incremental, signal } = this.#deps;
    const full = { mode: 'full', since: null, notes: this.#untold() } as const;
    const findMark = this.#findMark;
    if (incremental === undefined || findMark === null) return full;
    const since = await whileUnreachable(findMark, signal);
    if (since === null) return { ...full, notes: [...full.notes, ...this.#readAgain()] };
    const ageDays = (clock.now().getTime() - Date.parse(since.fullAt)) / DAY_MS;
    return { ...full, mode: incremental.full || ageDays >= incremental.fullEveryDays ? 'full' : 'incremental', since };
  }

  /** With a mark of the landed rows: first which ids changed since, so that the full comparison proves what delta query told. */
  async #beginFull(stage: Stage, since: Replay['since'], notes: readonly string[]): Promise<Replay> {
    if (since !== null) {
      try {
        const { mark } = await this.#readRound(stage, { mark: since.mark, rows: false, touchedMax: TOUCHED_MAX });
        return await this.#save(stage, { ...START, mark, since }, notes);
      } catch (error) {
        if (!(error instanceof ChangesLostError)) throw error;
        const told = `${error.problem.title} This time delta query could not be checked.`;
        return this.#save(stage, { ...START, mark: await this.#takeMark(stage) }, [...notes, told]);
      }
    }
    return this.#save(stage, { ...START, mark: await this.#takeMark(stage) }, notes);
  }

  async #takeMark(stage: Stage): Promise<string | null> {
    const { source, signal } = this.#deps;
    return this.#scope === null ? null : untilAborted(source.mark(this.#planNow(stage).dataset, signal), signal);
  }

  async #readRound(stage: Stage, options: { mark: string; rows: boolean; touchedMax: number }) {
    const column = this.#scope?.column ?? '';
    const changes = this.#ahead ?? this.#changes(stage, options);
    this.#ahead = null;
    let touched = 0;
    let mark: string | null = null;
    for await (const page of abortable(changes, this.#deps.signal)) {
      await stage.replace(page, column);
      touched += page.touched.length;
      mark = page.mark ?? mark;
    }
    if (mark === null) throw new TypeError('changes ended without a mark');
    return { mark, touched };
  }

  #changes(stage: Stage, options: { mark: string; rows: boolean; touchedMax: number }): AsyncIterable<ChangePage> {
    const { source, readBefore, signal } = this.#deps;
    const known = readBefore === undefined ? {} : { readBefore };
    return source.changes(this.#planNow(stage).dataset, { ...options, ...known, signal });
  }

  /** Without what could not be read so far. */
  #planNow(stage: Stage): DatasetPlan {
    return planWithout(this.#deps.plan, stage.checkpoint.unread);
  }

  async #save(stage: Stage, replay: Replay, notes: readonly string[]): Promise<Replay> {
    await stage.saveReplay(replay, notes);
    return replay;
  }
}

/** An iteration whose first step was taken already. */
async function* goOn<T>(first: Promise<IteratorResult<T>>, rest: AsyncIterator<T>): AsyncGenerator<T> {
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

const START: Replay = { mode: 'full', mark: null, since: null, rounds: 0, quiet: false, touched: 0 };
