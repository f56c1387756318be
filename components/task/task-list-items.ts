import { formatCount, formatCounted, formatDuration } from '#lib/domain/format.ts';
import { FINAL_RUN_STATES, type RunState } from '#lib/domain/run/run.ts';
import type { ScheduleSummaryDto } from '#lib/domain/schedule/schedule.ts';
import type { TaskSummaryDto } from '#lib/domain/task/task.ts';
import type { UpdateMethod } from '#lib/domain/task/update-method.ts';
import { TASK_FILTERS, type TaskChoice, type TaskFilter, type TaskSort } from './task-choice.ts';

/** An ended run in the trend of a task. */
export interface TrendRun {
  readonly rows: number;
  /** Null: it never started. */
  readonly seconds: number | null;
  readonly succeeded: boolean;
}

/** A line of the list of tasks: what the page transfers of a task. */
export interface TaskListItem {
  readonly id: string;
  readonly name: string;
  readonly connectionName: string;
  readonly targetName: string;
  readonly method: UpdateMethod;
  readonly namespace: string;
  /** The first datasets and the number of the others. */
  readonly datasets: string;
  readonly lastRun: { readonly id: string; readonly state: RunState; readonly queuedAt: string } | null;
  /** The oldest first. */
  readonly runs: readonly TrendRun[];
  readonly isPaused: boolean;
  readonly schedule: ScheduleSummaryDto | null;
}

export function toTaskListItem(task: TaskSummaryDto): TaskListItem {
  const { id, name, connectionName, targetName, method, namespace, schedule, lastRun } = task;
  return {
    ...{ id, name, connectionName, targetName, method, namespace, schedule },
    datasets: datasetsInWords(task.datasetNames),
    lastRun: lastRun === null ? null : { id: lastRun.id, state: lastRun.state, queuedAt: lastRun.queuedAt },
    runs: task.recentRuns.map(({ rowsRead, seconds, state }) => ({ rows: rowsRead, seconds, succeeded: SUCCEEDED.has(state) })),
    isPaused: task.pausedAt !== null,
  };
}

const SUCCEEDED: ReadonlySet<RunState> = new Set(['done', 'partial']);

const FILTER_LABEL = {
  all: 'All',
  problems: 'With problems',
  running: 'Running',
  paused: 'Paused',
  never: 'Never run',
} satisfies Record<TaskFilter, string>;

const MATCHES = {
  all: () => true,
  problems: ({ lastRun }) => lastRun?.state === 'failed' || lastRun?.state === 'partial',
  running: ({ lastRun }) => lastRun !== null && !FINAL_RUN_STATES.has(lastRun.state),
  paused: ({ isPaused }) => isPaused,
  never: ({ lastRun }) => lastRun === null,
} satisfies Record<TaskFilter, (item: TaskListItem) => boolean>;

/** The filters that match tasks, with their numbers; `all` and the chosen one stay also when they match none. */
export function taskFilters(items: readonly TaskListItem[], chosen: TaskFilter) {
  return TASK_FILTERS.map((value) => ({
    value,
    label: FILTER_LABEL[value],
    count: items.filter(MATCHES[value]).length,
  })).filter(({ value, count }) => count > 0 || value === 'all' || value === chosen);
}

/** The tasks to show, sorted: each word of the text is in the name, the connection, the target or its schema or folder. */
export function chooseTasks(items: readonly TaskListItem[], { text, filter, sort }: TaskChoice): readonly TaskListItem[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = items.filter((item) => {
    const place = `${item.name} ${item.connectionName} ${item.targetName} ${item.namespace}`.toLowerCase();
    return MATCHES[filter](item) && words.every((word) => place.includes(word));
  });
  const keyOf = SORT_KEY[sort];
  return sort === 'name' ? found : found.toSorted((a, b) => keyOf(b) - keyOf(a));
}

/** Larger keys come first; tasks without one last, in the order of their names. */
const SORT_KEY = {
  name: () => 0,
  'last-run': ({ lastRun }) => (lastRun === null ? 0 : Date.parse(lastRun.queuedAt)),
  'next-run': (item) => {
    const at = nextRunOf(item);
    return at === null ? Number.NEGATIVE_INFINITY : -Date.parse(at);
  },
  rows: ({ runs }) => runs.at(-1)?.rows ?? -1,
  duration: ({ runs }) => runs.at(-1)?.seconds ?? -1,
} satisfies Record<TaskSort, (item: TaskListItem) => number>;

/** When the task starts next by itself; null: it does not. */
export function nextRunOf({ schedule, isPaused }: TaskListItem): string | null {
  return schedule === null || !schedule.enabled || isPaused ? null : schedule.nextAt;
}

/** The trend in words, for who does not see the figure; null without runs. */
export function trendText(runs: readonly TrendRun[]): string | null {
  const last = runs.at(-1);
  if (last === undefined) return null;
  const rows = runs.map((run) => run.rows);
  const seconds = runs.flatMap((run) => run.seconds ?? []);
  const failed = runs.filter(({ succeeded }) => !succeeded).length;
  const range = (values: readonly number[], format: (value: number) => string) => {
    const [least, most] = [format(Math.min(...values)), format(Math.max(...values))];
    return least === most ? least : `${least} to ${most}`;
  };
  const sentences = [
    `Last ${formatCounted(runs.length, 'run')}: ${range(rows, formatCount)} rows, last ${formatCount(last.rows)}.`,
    ...(seconds.length === 0 ? [] : [`Time: ${range(seconds, (value) => formatDuration(value * 1000))}.`]),
    ...(failed === 0 ? [] : [`${formatCount(failed)} did not succeed.`]),
  ];
  return sentences.join(' ');
}

function datasetsInWords(names: readonly string[]): string {
  return names.length <= 3
    ? names.join(', ')
    : `${names.slice(0, 2).join(', ')} and ${formatCounted(names.length - 2, 'more', 'more')}`;
}
