import type { TargetCheck } from '../target/target.ts';

/** Checks of a task before a run: its datasets, its tables, and its target. */
export interface TaskValidation {
  readonly passed: boolean;
  /** All checks, in the order of a run, including those after a failed one. */
  readonly checks: readonly TargetCheck[];
  /** SQL that creates the tables of the task; null where the target creates none in advance. */
  readonly ddl: string | null;
}

/** What was created before the first run. */
export interface TaskPreparation {
  /** Names of the missing tables that were created. */
  readonly tables: readonly string[];
  /** SQL of all tables of the task; null when the target creates no tables in advance. */
  readonly ddl: string | null;
}
