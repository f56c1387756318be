import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { Problem } from '#lib/domain/problem.ts';
import type { DriftDecision } from '#lib/domain/run/drift.ts';
import type {
  DatasetCounts,
  DatasetRunState,
  ParentCounts,
  RejectedRows,
  UnprovenParent,
  UnprovenParents,
  UnreadColumn,
} from '#lib/domain/run/run.ts';

/**
 * A page of rows as bytes: one JSON document with a `value` array of row objects, as Graph sends it. In a relationship every
 * row carries the parent's key in the extra property `@parent.id`.
 */
export interface Page {
  readonly body: Uint8Array;
  /** Where to continue after this page is stored (opaque to the engine); null = this was the last page, the chain ended. */
  readonly cursor: string | null;
  /** Requests that this page cost, retries included. */
  readonly requests: number;
  /** Time waited because Graph throttled, milliseconds. */
  readonly throttledMs: number;
  /** Sentences for the notes of the run, e.g. a parent that vanished meanwhile. */
  readonly notes?: readonly string[];
  /** Selected columns that the rows of this page lack since they could not be read; said once or on each page. */
  readonly unread?: readonly Omit<UnreadColumn, 'since'>[];
  /** Parents of which this page may lack rows: nothing landed of them is to be deleted. */
  readonly unproven?: readonly UnprovenParent[];
  /** Unproven parents that were refused, failed, or do not sum up to Graph's own count: with any of them the dataset is incomplete. */
  readonly failed?: readonly UnprovenParent[];
  /** Why parents may be missing altogether; one sentence. Nothing may be deleted then, and the dataset is incomplete. */
  readonly gap?: string;
}

/**
 * A part of what changed. Whatever the rows of the `changedIds` were, they are now those of `body`; an id without a row there is gone.
 * Applying a page twice, or the pages of a round again from its start, changes nothing.
 */
export interface ChangePage extends Omit<Page, 'cursor'> {
  /** Values of the scope column (see ChangeScope) that Graph reported. */
  readonly changedIds: readonly string[];
  /** On the last page only: what to ask from next time. */
  readonly deltaToken: string | null;
}

/** What delta query reports of a dataset. */
export interface ChangeScope {
  /** Column with the values of `changedIds`: the id of the row, or that of the parent whose rows are read again together. */
  readonly column: string;
  /** Columns that are read but whose changes Graph does not report: with any of them, changes alone do not keep a table right. */
  readonly untracked: readonly string[];
}

/** Where rows come from. Errors are AppErrors; `signal` ends it within one request. */
export interface Source {
  /**
   * Begins to find out what a reading from its start has to know, while the caller is busy with other things: the next `count` is then the
   * one of this moment. For who is sure to read everything.
   */
  prepare?(dataset: DatasetDefinition, signal: AbortSignal): void;
  /** Rows that the collection has now, or null where Graph does not count it (relationships, resources without `$count`). */
  count(dataset: DatasetDefinition, signal: AbortSignal): Promise<number | null>;
  /**
   * Pages from the start, or from `cursor`. The iteration ends normally only when Graph reported the end of the chain;
   * everything else throws. Columns that are not selected are not requested.
   */
  read(dataset: DatasetDefinition, options: ReadOptions): AsyncIterable<Page>;
  /**
   * Reads everything again, page after page, when the parts of `read` do not sum up to Graph's count: some rows are outside of every part.
   * Null when it was read that way already.
   */
  readWhole?(dataset: DatasetDefinition, options: Omit<ReadOptions, 'cursor'>): AsyncIterable<Page> | null;
  /** How changes of the dataset are reported; null where it has no delta. */
  changeScope(dataset: DatasetDefinition): ChangeScope | null;
  /** A delta token of this moment, for `changes` later; null where Graph gives none for this dataset and its columns. */
  deltaToken(dataset: DatasetDefinition, signal: AbortSignal): Promise<string | null>;
  /**
   * What changed since `deltaToken`, each id once. Ends with a page that has the next delta token; everything else throws.
   * @throws ChangesLostError when Graph no longer knows the changes: everything has to be read.
   */
  changes(dataset: DatasetDefinition, options: ChangesOptions): AsyncIterable<ChangePage>;
  /** Requests that were sent so far for whatever purpose, also those that failed. Missing: only what pages report is known. */
  requestsSent?(): number;
  /** Answers 429 so far, those of items of batches included. Missing: not counted. */
  requestsRefused?(): number;
}

export interface ReadOptions {
  readonly cursor: string | null;
  readonly signal: AbortSignal;
  /**
   * Names of the columns that the last run of the same table read: more proof is needed before one of these counts as refused. Missing:
   * all of them may have been.
   */
  readonly readBefore?: ReadonlySet<string>;
  /** Called when another parent of a relationship was read: pages come seldom where a quota is small. */
  readonly onParents?: (parents: ParentCounts) => void;
}

export interface ChangesOptions extends Omit<ReadOptions, 'cursor'> {
  readonly deltaToken: string;
  /** False: only which ids; the pages have no rows then. */
  readonly rows: boolean;
  /** With more changed ids than this the source throws ChangesLostError: reading everything is cheaper. */
  readonly changedIdsMax: number;
}

/** Receives the progress of a dataset run. Called often: implementations limit what they pass on. */
export interface Reporter {
  progress(state: DatasetRunState, counts: DatasetCounts): void;
}

/** How a dataset run ended. */
export interface DatasetReport {
  readonly state: Extract<DatasetRunState, 'done' | 'partial' | 'failed' | 'incomplete' | 'cancelled'>;
  readonly counts: DatasetCounts;
  readonly problem: Problem | null;
  readonly notes: readonly string[];
  /** Only what changed was read. */
  readonly incremental: boolean;
  readonly unread: readonly UnreadColumn[];
  readonly unproven: UnprovenParents;
  readonly rejected: RejectedRows;
  /** Missing: no difference of columns. */
  readonly drift?: readonly DriftDecision[];
}
