import type { TargetCheck } from '../target/target.ts';

/** What was checked of a task before a run: its datasets, its tables, and its target. */
export interface TaskValidation {
  readonly passed: boolean;
  /** All of them, in the order of a run: nothing is left out when an earlier one failed. */
  readonly checks: readonly TargetCheck[];
  /** SQL that makes the tables of the task; null where the target makes none ahead. */
  readonly ddl: string | null;
}

/** What was made ahead of the first run. */
export interface TaskPreparation {
  /** Names of the tables that were missing and were made. */
  readonly tables: readonly string[];
  /** SQL of all tables of the task; null where the target makes none ahead. */
  readonly ddl: string | null;
}
