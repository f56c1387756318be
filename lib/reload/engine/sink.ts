import type { Problem } from '#lib/domain/problem.ts';
import type { DriftDecision } from '#lib/domain/run/drift.ts';
import type { DatasetCounts, RejectedRows, UnprovenParents, UnreadColumn } from '#lib/domain/run/run.ts';
import type { LandedDeltaToken } from '#lib/reload/stage/stage-file.ts';
import type { LandedTable } from './drift/landed-table.ts';
import type { DatasetPlan } from './plan.ts';
import type { StagedPart, StagedRows } from './staged-rows.ts';

/** What a publish did. `unchanged` counts rows that were compared and found the same. */
export interface Published {
  /** Why it was not complete; stored with the record, so that a run that resumes after its publish reports it too. */
  readonly incomplete?: Problem;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly notes: readonly string[];
  /** What could not be read; kept with the record like `incomplete`. Missing in records of versions before: nothing. */
  readonly unread?: readonly UnreadColumn[];
  readonly unproven?: UnprovenParents;
  readonly rejected?: RejectedRows;
  /** Events that Graph had forgotten before a run read them; kept like `incomplete`. */
  readonly lost?: Problem;
  /** How the columns differed from the landed table; kept like `incomplete`. Missing: not at all, or nothing is known. */
  readonly drift?: readonly DriftDecision[];
}

/** How far the landed events were read; the target keeps it in the transaction that shows them. */
export interface EventCursor {
  /** When the run that read them began, ISO 8601. */
  readonly readAt: string;
  /** Time of the newest event that it read, ISO 8601; null: it read none. */
  readonly newest: string | null;
  /** The requested filter: events outside of it are not landed. */
  readonly filter: string | null;
  readonly sourceKey: string;
  /** Source paths of the columns that were read. */
  readonly columns: readonly string[];
}

/** What a publish has to know of staged events. They are added by key; a row whose key is landed takes its place. */
export interface StagedEvents {
  readonly timeColumn: string;
  /** The stage has all events from this time on (and, where Graph reads times loosely, perhaps some before), ISO 8601; null: all that Graph keeps. */
  readonly from: string | null;
  /** Null: the landed one stays, since rows that were set aside have to be read again. */
  readonly cursor: EventCursor | null;
  /** Landed events before this time are deleted; null: none is. */
  readonly deleteBefore: string | null;
  readonly lost: Problem | null;
}

/** What delta query knows of a stage. */
export interface StagedChanges {
  /** The stage holds the rows of the changed ids alone: other landed rows stay as they are. */
  readonly partial: boolean;
  /** Column whose values the stage's table `changed_ids` holds. */
  readonly scope: string;
  /** Delta token of the landed rows when the changes were requested; `changed_ids` is complete since then. Null: unknown. */
  readonly since: LandedDeltaToken | null;
  /** Rows that Graph counts now; null where it does not count. */
  readonly countNow: number | null;
}

/** What a publish has to know of the rows that were set aside. */
export interface StagedRejected extends RejectedRows {
  /**
   * By which key columns their landed rows are found: each row of the stage's table `rejected` has, in its JSON object `keys`, values of
   * exactly the key columns of one of these lists. An empty list: of some row no key can be read, so no landed row may be deleted.
   */
  readonly keyColumns: readonly (readonly string[])[];
}

/** What the landed rows are the state of. */
export interface NewDeltaToken {
  readonly deltaToken: string;
  /** Source, path and columns: a delta token is of use only to a run that reads the same. */
  readonly signature: string;
}

export interface PublishOptions {
  /** With the columns that were read, and only those: they are compared and written. */
  readonly plan: DatasetPlan;
  /**
   * Selected columns that could not be read in this run (never key columns). Landed values of them stay, they take no part in the
   * comparison, and nothing of them is recorded as a change. The stage may hold values of some rows: those are not to be used.
   */
  readonly unread: readonly UnreadColumn[];
  /**
   * Parents whose rows could not be proven complete, by the ids in the stage's table `unproven`: rows whose `column` has such an id and
   * that the stage lacks stay as they are. Null: there is none.
   */
  readonly unproven: (UnprovenParents & { readonly column: string }) | null;
  /**
   * Rows that could not be taken. What is landed of their keys is neither deleted nor changed; the target shows them as `<table>__rejected`,
   * replaced by each publish. Missing or null: there is none.
   */
  readonly rejected?: StagedRejected | null;
  /**
   * What was decided of the columns before the reading. Columns that are left out are not in `plan`; renamed ones have their old names there if the
   * target renames at the end. Missing: nothing.
   */
  readonly drift?: readonly DriftDecision[];
  /** Null: nothing is known but the rows. */
  readonly changes: StagedChanges | null;
  /** To be kept with the rows, in the transaction that shows them, unless parents are `unproven`; null: there is none. */
  readonly deltaToken: NewDeltaToken | null;
  /** Of a dataset of events; missing or null: the rows are the state of a collection. */
  readonly events?: StagedEvents | null;
  /** Why the stage isn't whole; kept with the record. */
  readonly incomplete?: Problem;
  /** Nothing is deleted: any row that the stage lacks stays. Without it only those of `unproven` parents do. */
  readonly keepsAbsent?: boolean;
  readonly runId: string;
  /** Written into every row and version of this run. */
  readonly now: Date;
  /** A person agreed to a reload that deletes more than the task's share. */
  readonly deletesConfirmed: boolean;
  readonly signal: AbortSignal;
}

/**
 * Where the rows of a complete stage become visible, all at once or not at all. Both calls are idempotent by run id: what a run has
 * published already is answered from the target's own record and not applied again.
 */
export interface Sink {
  /** Publishes Parquet parts of the stage as its own files, without writing them again. */
  readonly adoptsParquet?: boolean;
  /** Whether a stage that isn't whole may be added to what is there, with `incomplete`. */
  readonly acceptsIncomplete?: boolean;
  /** What this run published before (it died between the publish and its report), or null. */
  findPublished(plan: DatasetPlan, runId: string, signal: AbortSignal): Promise<Published | null>;
  /** Delta token of what is landed, if a publish kept one of this signature. Missing where a target can't take changes alone. */
  findDeltaToken?(plan: DatasetPlan, signature: string, signal: AbortSignal): Promise<LandedDeltaToken | null>;
  /** How far the landed events were read; null where none are, or nothing is known of them. Missing: the target has no way to keep it. */
  findEventCursor?(plan: DatasetPlan, signal: AbortSignal): Promise<EventCursor | null>;
  /** The columns of the landed table, or of the latest files; null: there is none. Missing: differences of columns are not known before a publish. */
  findLanded?(plan: DatasetPlan, signal: AbortSignal): Promise<LandedTable | null>;
  /** Starts work that the publish needs while the source is still read; only `publish` of this sink uses it. Missing where nothing is gained. */
  beginPreload?(rows: StagedRows, plan: DatasetPlan, signal: AbortSignal): Preload;
  /**
   * Makes the staged rows visible. Throws AppErrors; after a throw the target shows what it showed before. ChangesLostError: the changes
   * don't fit what is landed.
   */
  publish(rows: StagedRows, options: PublishOptions): Promise<Published>;
  /**
   * Publishes datasets of one run, whose sinks are of the same task: all or none of them where the target can, else each as late as possible. What
   * the run published already is answered from the target's record. Missing: the target publishes each dataset by itself.
   * Returns a result for each dataset; throws, and changes nothing, when the fault is of none of them. Safe to repeat.
   */
  publishTogether?(datasets: readonly GroupedPublish[]): Promise<readonly GroupResult[]>;
}

/** A dataset that is published with others of its run. */
export interface GroupedPublish {
  readonly sink: Sink;
  readonly options: PublishOptions;
  /** Opens the stage, whose files are closed while the dataset waits; the same one until `rest`. */
  open(): Promise<StagedRows>;
  /** Closes the files again. The number of rows can still be asked for. */
  rest(): void;
}

/** `not-published`: another dataset of the group is at fault. */
export type GroupResult = { readonly published: Published } | { readonly error: unknown } | 'not-published';

/** Work for the publish that is done while the source is still read. Nothing of it is visible before the publish. */
export interface Preload {
  /** A part that is staged. Returns at once; a part that can't be taken is left to the publish. */
  take(part: StagedPart): void;
  /** Nothing of it is left behind afterwards, whether it was published or not. Never throws. */
  end(): Promise<void>;
}

/** The counters of a publish alone. */
export function countsOf(published: Published): Pick<DatasetCounts, 'inserted' | 'updated' | 'deleted' | 'unchanged'> {
  const { inserted, updated, deleted, unchanged } = published;
  return { inserted, updated, deleted, unchanged };
}

/** What a publish records of columns and parents that were not read; nothing where all were. */
export function unreadOf({
  unread,
  unproven,
}: Pick<PublishOptions, 'unread' | 'unproven'>): Pick<Published, 'unread' | 'unproven'> {
  return {
    ...(unread.length === 0 ? {} : { unread }),
    ...(unproven === null ? {} : { unproven: { count: unproven.count, parents: unproven.parents } }),
  };
}

/** The same with the rows that were set aside, the events that were lost, why the stage was not whole, and what was decided of the columns. */
export function notReadOf(
  options: Pick<PublishOptions, 'unread' | 'unproven' | 'rejected' | 'drift' | 'incomplete' | 'events'>,
): Pick<Published, 'unread' | 'unproven' | 'rejected' | 'drift' | 'incomplete' | 'lost'> {
  const { rejected = null, drift = [], incomplete, events } = options;
  const lost = events?.lost ?? null;
  return {
    ...unreadOf(options),
    ...(rejected === null ? {} : { rejected: { count: rejected.count, rows: rejected.rows } }),
    ...(drift.length === 0 ? {} : { drift }),
    ...(incomplete === undefined ? {} : { incomplete }),
    ...(lost === null ? {} : { lost }),
  };
}
