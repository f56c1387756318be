import type { DriftDecision } from '#lib/domain/run/drift.ts';
import {
  type DatasetCounts,
  type DatasetRunState,
  NO_COUNTS,
  NONE_REJECTED,
  NONE_UNPROVEN,
  type ParentCounts,
  type RejectedRows,
  type UnprovenParents,
  type UnreadColumn,
} from '#lib/domain/run/run.ts';
import { toProblem } from '#lib/platform/errors.ts';
import type { Checkpoint } from '#lib/reload/stage/stage-file.ts';
import type { DatasetReport, Reporter } from './ports.ts';
import { IncompleteError } from './reading/completeness.ts';
import type { RequestCount } from './reading/request-count.ts';
import { countsOf, type Published } from './sink.ts';

/** What the report needs of a stage. */
export interface ReportedStage {
  readonly checkpoint: Checkpoint;
  readonly staged: { readonly rows: number };
}

interface NotRead {
  readonly unread: readonly UnreadColumn[];
  readonly unproven: UnprovenParents;
  readonly rejected: RejectedRows;
}

/** Collects what a dataset run reports: its progress, its notes, and how it ended. */
export class RunReport {
  readonly #reporter: Reporter;
  readonly #requests: RequestCount;
  readonly #notes: string[] = [];
  #stage: ReportedStage | null = null;
  #published: Partial<DatasetCounts> = {};
  #parents: ParentCounts | undefined;
  #unread: readonly UnreadColumn[] = [];
  #unproven: UnprovenParents = NONE_UNPROVEN;
  #rejected: RejectedRows = NONE_REJECTED;
  #drift: readonly DriftDecision[];

  constructor(reporter: Reporter, requests: RequestCount, drift: readonly DriftDecision[] = []) {
    this.#drift = drift;
    this.#reporter = reporter;
    this.#requests = requests;
  }

  /** From now on the counts are those of this stage. */
  setStage(stage: ReportedStage): void {
    this.#stage = stage;
    this.#requests.resume(stage.checkpoint.requests);
  }

  setNotRead({ unread, unproven, rejected }: NotRead): void {
    this.#unread = unread;
    this.#unproven = unproven;
    this.#rejected = { count: rejected.count, rows: rejected.rows };
  }

  setParents(parents: ParentCounts): void {
    this.#parents = parents;
    this.progress('reading');
  }

  note(sentence: string): void {
    this.#notes.push(sentence);
  }

  progress(state: DatasetRunState): void {
    this.#reporter.progress(state, this.#counts());
  }

  /** The report of a run whose rows are published. */
  published(published: Published): DatasetReport {
    this.#published = countsOf(published);
    this.#notes.push(...published.notes);
    this.#unread = published.unread ?? this.#unread;
    this.#unproven = published.unproven ?? this.#unproven;
    this.#rejected = published.rejected ?? this.#rejected;
    this.#drift = published.drift ?? this.#drift;
    const { incomplete } = published;
    if (incomplete !== undefined) return { ...this.#report('incomplete'), problem: incomplete };
    const { lost } = published;
    if (lost !== undefined) return { ...this.#report('partial'), problem: lost };
    const complete = this.#unread.length === 0 && this.#unproven.count === 0 && this.#rejected.count === 0;
    return this.#report(complete ? 'done' : 'partial');
  }

  /** The report of a run that ended with `error`. */
  failed(error: unknown, runId: string): DatasetReport {
    if (error instanceof IncompleteError) {
      if (error.problem.detail !== undefined) this.#notes.push(error.problem.detail);
      return { ...this.#report('incomplete'), problem: error.problem };
    }
    return { ...this.#report('failed'), problem: toProblem(error, runId) };
  }

  cancelled(): DatasetReport {
    return this.#report('cancelled');
  }

  #counts(): DatasetCounts {
    const stage = this.#stage;
    const refusals = this.#requests.refused();
    const refused = refusals === 0 ? {} : { refused: refusals };
    if (stage === null) return { ...NO_COUNTS, requests: this.#requests.total(0), ...refused };
    const { rowsExpected, throttledMs, bytes } = stage.checkpoint;
    const requests = this.#requests.total(stage.checkpoint.requests);
    const parents = this.#parents === undefined ? {} : { parents: this.#parents };
    const counts = { rowsRead: stage.staged.rows, rowsExpected, requests, throttledMs, bytes };
    return { ...NO_COUNTS, ...counts, ...refused, ...parents, ...this.#published };
  }

  #report(state: DatasetReport['state']): DatasetReport {
    const checkpoint = this.#stage?.checkpoint ?? null;
    return {
      state,
      counts: this.#counts(),
      problem: null,
      notes: [...(checkpoint === null ? [] : notesOf(checkpoint)), ...this.#notes],
      incremental: checkpoint?.replay?.mode === 'incremental',
      unread: this.#unread,
      unproven: this.#unproven,
      rejected: this.#rejected,
      drift: this.#drift,
    };
  }
}

function notesOf({ charactersReplaced, notes }: Checkpoint): readonly string[] {
  if (charactersReplaced === 0) return notes;
  return [...notes, `${charactersReplaced} characters that tables cannot store (such as NUL) were replaced by U+FFFD.`];
}
