import type { DatasetDefinition } from '#lib/domain/dataset.ts';
import type { Problem } from '#lib/domain/problem.ts';
import type { DatasetCounts, DatasetRunState } from '#lib/domain/run.ts';

/**
 * A page of rows as bytes: one JSON document with a `value` array of row objects, as Graph sends it. In a relationship every
 * row carries the parent's key in the extra property `@parent.id`.
 */
export interface Page {
  readonly body: Uint8Array;
  /** Where to go on after this page is safe (opaque to the engine); null = this was the last page, the chain ended. */
  readonly cursor: string | null;
  /** Requests that this page cost, retries included. */
  readonly requests: number;
  /** Time waited because Graph throttled, milliseconds. */
  readonly throttledMs: number;
  /** Things that the reader should tell, e.g. a parent that vanished meanwhile. */
  readonly notes?: readonly string[];
}

/** Where rows come from. Errors are AppErrors; `signal` ends it within one request. */
export interface Source {
  /** Rows that the collection has now, or null where Graph doesn't tell (relationships, resources without `$count`). */
  count(dataset: DatasetDefinition, signal: AbortSignal): Promise<number | null>;
  /**
   * Pages from the start, or from `cursor`. The iteration ends normally only when Graph said that there is no more;
   * everything else throws. Columns that aren't selected aren't asked for.
   */
  read(
    dataset: DatasetDefinition,
    options: { readonly cursor: string | null; readonly signal: AbortSignal },
  ): AsyncIterable<Page>;
}

/** What a dataset run tells while it goes on. Called often: implementations thin it out. */
export interface Reporter {
  progress(state: DatasetRunState, counts: DatasetCounts): void;
}

/** How a dataset run ended. */
export interface DatasetReport {
  readonly state: Extract<DatasetRunState, 'done' | 'failed' | 'incomplete' | 'cancelled'>;
  readonly counts: DatasetCounts;
  readonly problem: Problem | null;
  readonly notes: readonly string[];
}
