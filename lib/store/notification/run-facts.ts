import type { Problem } from '#lib/domain/problem.ts';
import type { DatasetRunState, RunState } from '#lib/domain/run/run.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';

/** Facts of a run that has just ended, for its notification. */
export interface RunFacts {
  readonly task: { readonly id: string; readonly name: string };
  readonly connection: { readonly id: string; readonly name: string };
  /** Final state of the previous run of the task that was not cancelled; null when there was none. */
  readonly previous: RunState | null;
  readonly datasets: readonly { readonly title: string; readonly state: DatasetRunState; readonly problem: Problem | null }[];
}

export async function readRunFacts(tx: Tx, runId: string): Promise<RunFacts> {
  const run = await tx.run.findUniqueOrThrow({
    where: { id: runId },
    select: {
      queuedAt: true,
      task: { select: { id: true, name: true, connection: { select: { id: true, name: true } } } },
      datasets: { select: { title: true, state: true, problem: true }, orderBy: { position: 'asc' } },
    },
  });
  const { connection, ...task } = run.task;
  const previous = await tx.run.findFirst({
    where: { taskId: task.id, id: { not: runId }, queuedAt: { lte: run.queuedAt }, state: { in: ['done', 'partial', 'failed'] } },
    orderBy: [{ queuedAt: 'desc' }, { id: 'desc' }],
    select: { state: true },
  });
  const datasets = run.datasets.map(({ problem, ...dataset }) => ({ ...dataset, problem: problem as Problem | null }));
  return { task, connection, previous: previous?.state ?? null, datasets };
}
