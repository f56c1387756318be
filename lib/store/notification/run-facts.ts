import type { Problem } from '#lib/domain/problem.ts';
import type { DatasetRunState, RunState } from '#lib/domain/run/run.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';

/** What a notification says of a run that has just ended. */
export interface RunFacts {
  readonly task: { readonly id: string; readonly name: string };
  readonly connection: { readonly id: string; readonly name: string };
  /** How the run of the task before it ended that was not cancelled; null when there was none. */
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
