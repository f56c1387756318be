import { eventFilter } from '#lib/domain/dataset/event-dataset.ts';
import type { Problem } from '#lib/domain/problem.ts';
import type { Clock } from '#lib/platform/clock.ts';
import { LANDING_TIMEOUT_MS, retryWhileUnreachable } from '#lib/platform/postgres/while-unreachable.ts';
import type { DatasetPlan, EventPlan } from '#lib/reload/engine/plan.ts';
import type { EventCursor, Sink, StagedEvents } from '#lib/reload/engine/sink.ts';
import { sqlName } from '#lib/reload/parse/sql/sql-text.ts';
import type { Stage } from '#lib/reload/stage/stage.ts';
import type { EventWindow } from '#lib/reload/stage/stage-file.ts';
import type { IncrementalOptions } from './change-reading.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface EventReadingDeps {
  readonly sink: Sink;
  readonly clock: Clock;
  /** Without the columns that are known at the start to be unreadable. */
  readonly plan: DatasetPlan;
  readonly reading?: Pick<IncrementalOptions, 'full' | 'sourceKey'>;
  readonly signal: AbortSignal;
}

/**
 * Which events a run reads: those since the last run and its look-back, or all that Graph keeps (docs/events.md). The window is decided once
 * and kept in the stage, the cursor for the next run goes to the target with the rows.
 */
export class EventReading {
  readonly #deps: EventReadingDeps;

  constructor(deps: EventReadingDeps) {
    this.#deps = deps;
  }

  /** Whether the dataset is one of events, and the target can keep how far they were read. */
  get applies(): boolean {
    return this.#deps.plan.events !== null && this.#deps.sink.findEventCursor !== undefined;
  }

  /** The plan restricted to the window of this run. A resumed run keeps its window. */
  async begin(stage: Stage): Promise<DatasetPlan> {
    const { plan } = this.#deps;
    const events = this.#events();
    if (stage.checkpoint.window == null) await this.#choose(stage, events);
    const filter = eventFilter(events.facts, plan.dataset.filter, stage.checkpoint.window?.from ?? null);
    return { ...plan, dataset: { ...plan.dataset, filter } };
  }

  /** @param plan with the columns that were read. */
  async staged(stage: Stage, plan: DatasetPlan, rejected: boolean): Promise<StagedEvents> {
    const { clock, reading } = this.#deps;
    const { timeColumn, settings, facts } = this.#events();
    const window = stage.checkpoint.window ?? null;
    if (window === null) throw new TypeError('the window of a dataset of events was not decided');
    const [row] = await stage.store.query(`SELECT epoch_ms(max(${sqlName(timeColumn)})) FROM staged`);
    const newest = row?.[0] == null ? null : new Date(Number(row[0])).toISOString();
    // Graph would deliver them again.
    const retentionDays = facts.from === null ? null : settings.retentionDays;
    return {
      timeColumn,
      from: window.from,
      cursor: rejected
        ? null
        : {
            ...{ readAt: window.readAt, newest, filter: plan.dataset.filter, sourceKey: reading?.sourceKey ?? '' },
            columns: plan.columns.map(({ sourcePath }) => sourcePath),
          },
      deleteBefore: retentionDays === null ? null : new Date(clock.now().getTime() - retentionDays * DAY_MS).toISOString(),
      lost: window.lost === null ? null : lostProblem(plan, window.lost),
    };
  }

  #events(): EventPlan {
    const { events } = this.#deps.plan;
    if (events === null) throw new TypeError('not a dataset of events');
    return events;
  }

  async #choose(stage: Stage, events: EventPlan): Promise<void> {
    const { clock, plan, sink, signal } = this.#deps;
    const { facts, settings } = events;
    if (facts.from === null) {
      const readAt = clock.now().toISOString();
      await stage.store.saveWindow({ from: null, readAt, since: null, lost: null }, ['Everything that Graph has was read.']);
      return;
    }
    const find = async (): Promise<EventCursor | null> => (await sink.findEventCursor?.(plan, signal)) ?? null;
    const cursor = await retryWhileUnreachable(find, { timeoutMs: LANDING_TIMEOUT_MS, signal });
    const now = clock.now().getTime();
    const keptFrom = now - facts.keptDays * DAY_MS;
    const reason = cursor === null ? null : this.#readsAll(cursor);
    const since = cursor === null || reason !== null ? null : cursor.readAt;
    const lost =
      cursor !== null && cursor.sourceKey === this.#sourceKey && Date.parse(cursor.readAt) < keptFrom
        ? { from: cursor.readAt, to: new Date(keptFrom).toISOString() }
        : null;
    const from = since === null || cursor === null ? firstFrom(now, settings) : goOnFrom(cursor, events);
    const window: EventWindow = {
      from: from === null || from <= keptFrom ? null : new Date(from).toISOString(),
      ...{ readAt: new Date(now).toISOString(), since, lost },
    };
    await stage.store.saveWindow(window, noteOf(window, reason));
  }

  /** Why the cursor can't be gone on with; null when it can. */
  #readsAll(cursor: EventCursor): string | null {
    const { plan, reading } = this.#deps;
    if (reading?.full === true) return 'Entrada read all events that Graph still has, as requested.';
    if (cursor.sourceKey !== this.#sourceKey) return 'The landed events come from another connection; they were kept.';
    if (cursor.filter !== plan.dataset.filter)
      return 'The filter has changed: Entrada read all events that Graph still has with the new filter. Landed events that do not match it were kept.';
    const known = new Set(cursor.columns);
    const added = plan.columns.filter(({ sourcePath }) => !known.has(sourcePath)).map(({ name }) => name);
    if (added.length === 0) return null;
    return `${added.join(', ')} was not read before: Entrada read all events that Graph still has again. Older landed events have no value in this column.`;
  }

  get #sourceKey(): string {
    return this.#deps.reading?.sourceKey ?? '';
  }
}

/** Milliseconds; null: all that Graph has. Events that would be deleted at once are not requested. */
function firstFrom(now: number, { firstDays, retentionDays }: EventPlan['settings']): number | null {
  const days = Math.min(firstDays ?? Number.POSITIVE_INFINITY, retentionDays ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(days) ? now - days * DAY_MS : null;
}

/** Milliseconds. By Graph's times rather than by our clock, if they are earlier: our clock may run ahead. */
function goOnFrom({ readAt, newest }: EventCursor, { settings, owner }: EventPlan): number {
  const [read, last] = [Date.parse(readAt), newest === null ? Number.POSITIVE_INFINITY : Date.parse(newest)];
  // Few events may have items, so the newest of those says little: no clock that Entra accepts runs ahead by a day.
  const until = owner.length === 0 ? Math.min(read, last) : Math.max(Math.min(read, last), read - DAY_MS);
  return until - settings.lookbackHours * HOUR_MS;
}

function noteOf({ from, since }: EventWindow, reason: string | null): readonly string[] {
  if (reason !== null) return [reason];
  if (since !== null && from !== null)
    return [`Entrada read events from ${minutesOf(from)}; the last run was at ${minutesOf(since)}.`];
  return [from === null ? 'Entrada read all events that Graph still has.' : `Entrada read events from ${minutesOf(from)}.`];
}

function lostProblem({ dataset, events }: DatasetPlan, { from, to }: NonNullable<EventWindow['lost']>): Problem {
  return {
    code: 'events-lost',
    title: `${dataset.title}: events from ${minutesOf(from)} to ${minutesOf(to)} were not read in time and are lost.`,
    detail: `The last run that read them was at ${minutesOf(from)}. Graph keeps events for ${events?.facts.keptDays ?? 30} days, and in tenants without a Premium licence for 7 days. Entrada read all later events.`,
    remedy: 'Run the task more often, at least once a day. If another system keeps these events, copy them from that system.',
    fixer: 'you',
  };
}

/** `2026-11-28 16:05 UTC` */
function minutesOf(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`;
}
