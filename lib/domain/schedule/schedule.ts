import type { FiringDto } from './firing.ts';
import type { ScheduleSettings } from './schedule-rule.ts';

/** A schedule as a list of tasks shows it. */
export interface ScheduleSummaryDto {
  /** E.g. `Every weekday at 06:30, Europe/Berlin`. */
  readonly sentence: string;
  readonly enabled: boolean;
  /** Null when there is none, or when it depends on another task. */
  readonly nextAt: string | null;
}

export interface ScheduleDto extends ScheduleSummaryDto, Readonly<ScheduleSettings> {
  readonly id: string;
  readonly taskId: string;
  readonly taskName: string;
  /** The person in whose name it starts runs. */
  readonly owner: string;
  /** Increases with every edit. */
  readonly version: number;
  /** The next planned times, five at most. */
  readonly next: readonly string[];
  /** Results of the last planned times, newest first. */
  readonly firings: readonly FiringDto[];
}

/** The meaning of a rule before it is saved. */
export interface SchedulePreviewDto {
  readonly sentence: string;
  readonly next: readonly string[];
}

/** Null: schedules are not paused. */
export type SchedulesPauseDto = { readonly pausedAt: string; readonly pausedBy: string } | null;
