import type { Problem } from '#lib/domain/problem.ts';
import type { DatasetCounts, UnprovenParents, UnreadColumn } from '#lib/domain/run/run.ts';
import type { Stage, StagedPart } from '#lib/reload/stage/stage.ts';
import type { LandedMark } from '#lib/reload/stage/stage-file.ts';
import type { DatasetPlan } from './plan.ts';

/** What a publish did. `unchanged` counts rows that were compared and found the same. */
export interface Published {
  /** Why it wasn't all; kept with the record, so that a run that goes on after its publish says so too. */
  readonly incomplete?: Problem;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly notes: readonly string[];
  /** What it was told could not be read; kept with the record like `incomplete`. Missing in records of versions before: nothing. */
  readonly unread?: readonly UnreadColumn[];
  readonly unproven?: UnprovenParents;
}

/** What delta query knows of a stage. */
export interface StagedChanges {
  /** The stage holds the rows of the touched ids alone: other landed rows stay as they are. */
  readonly partial: boolean;
  /** Column whose values the stage's table `touched` holds. */
  readonly scope: string;
  /** Mark that the landed rows had when the changes were asked for; `touched` is complete since then. Null: unknown. */
  readonly since: LandedMark | null;
  /** Rows that Graph counts now; null where it doesn't tell. */
  readonly countNow: number | null;
}

/** What the landed rows are the state of. */
export interface NewMark {
  readonly mark: string;
  /** Source, path and columns: a mark is of use only to a run that reads the same. */
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
  /** Null: nothing is known but the rows. */
  readonly changes: StagedChanges | null;
  /** To be kept with the rows, in the transaction that shows them, unless parents are `unproven`; null: there is none. */
  readonly mark: NewMark | null;
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
  /** Takes the files of staged parts as they are. */
  readonly takesFiles?: boolean;
  /** Whether a stage that isn't whole may be added to what is there, with `incomplete`. */
  readonly takesParts?: boolean;
  /** What this run published before (it died between the publish and its report), or null. */
  findPublished(plan: DatasetPlan, runId: string, signal: AbortSignal): Promise<Published | null>;
  /** Mark of what is landed, if a publish kept one of this signature. Missing where a target can't take changes alone. */
  findMark?(plan: DatasetPlan, signature: string, signal: AbortSignal): Promise<LandedMark | null>;
  /** Begins to take parts over; only `publish` of this very sink makes use of them. Missing where it gains nothing. */
  beginEarly?(stage: Stage, plan: DatasetPlan, signal: AbortSignal): EarlyLoad;
  /**
   * Makes the staged rows visible. Throws AppErrors; after a throw the target shows what it showed before. ChangesLostError: the changes
   * don't fit what is landed.
   */
  publish(stage: Stage, options: PublishOptions): Promise<Published>;
}

/** Takes parts of a stage to its target while others are still read. Nothing of it is visible before the publish. */
export interface EarlyLoad {
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

/** What a publish records of what was not read; nothing where all was. */
export function notReadOf({
  unread,
  unproven,
}: Pick<PublishOptions, 'unread' | 'unproven'>): Pick<Published, 'unread' | 'unproven'> {
  return {
    ...(unread.length === 0 ? {} : { unread }),
    ...(unproven === null ? {} : { unproven: { count: unproven.count, parents: unproven.parents } }),
  };
}
