import type { DatasetCounts } from '#lib/domain/run.ts';
import type { DatasetPlan } from './plan.ts';
import type { Stage } from './stage.ts';

/** What a publish did. `unchanged` counts rows that were compared and found the same. */
export interface Published {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly notes: readonly string[];
}

export interface PublishOptions {
  readonly plan: DatasetPlan;
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
  /** What this run published before (it died between the publish and its report), or null. */
  findPublished(plan: DatasetPlan, runId: string, signal: AbortSignal): Promise<Published | null>;
  /** Makes the staged rows visible. Throws AppErrors; after a throw the target shows what it showed before. */
  publish(stage: Stage, options: PublishOptions): Promise<Published>;
}

/** The counters of a publish alone. */
export function countsOf(published: Published): Pick<DatasetCounts, 'inserted' | 'updated' | 'deleted' | 'unchanged'> {
  const { inserted, updated, deleted, unchanged } = published;
  return { inserted, updated, deleted, unchanged };
}
