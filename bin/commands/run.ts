import { parseArgs } from 'node:util';
import { driftSentence } from '#lib/domain/run/drift.ts';
import { notReadLines } from '#lib/domain/run/not-read.ts';
import { DATASET_RUN_STATE_LABEL, RUN_STATE_LABEL, type RunDto } from '#lib/domain/run/run.ts';
import type { Context } from '#lib/services/context.ts';
import { cancelRun } from '#lib/services/run/cancel-run.ts';
import { getRun } from '#lib/services/run/get-run.ts';
import { startRun } from '#lib/services/run/start-run.ts';
import { watchRun } from '#lib/services/run/watch-run.ts';
import { listTasks } from '#lib/services/task/list-tasks.ts';
import { withCliContext } from '../launcher/cli-context.ts';
import { CliError } from '../launcher/cli-error.ts';

/** `entrada run <task name or id> [--wait] [--full] [--confirm-deletes]`: exits 0 when the run (with --wait) is done, 1 otherwise. */
export async function runTask(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      wait: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      'confirm-deletes': { type: 'boolean', default: false },
    },
  });
  const [wanted] = positionals;
  if (wanted === undefined || positionals.length > 1)
    throw new CliError('Usage: entrada -- run <task name or id> [--wait] [--full] [--confirm-deletes]', { exitCode: 2 });
  return withCliContext(async (ctx) => {
    const taskId = await findTask(ctx, wanted);
    const { full, 'confirm-deletes': confirmDeletes } = values;
    const started = await startRun({ ctx, input: { taskId, full, confirmDeletes } });
    if (!values.wait) {
      process.stdout.write(`${started.id} ${RUN_STATE_LABEL[started.state]}\n`);
      return 0;
    }
    const ended = await untilEnded(ctx, started.id);
    process.stdout.write(summary(ended));
    return ended.state === 'done' ? 0 : 1;
  });
}

async function findTask(ctx: Context, wanted: string): Promise<string> {
  const tasks = await listTasks({ ctx, input: {} });
  const found = tasks.find((task) => task.id === wanted) ?? tasks.find((task) => task.name === wanted);
  if (found !== undefined) return found.id;
  const known = tasks.map((task) => `  ${task.id}  ${task.name}`).join('\n');
  throw new CliError(`No task has the name or id ${wanted}.${known === '' ? ' No task exists yet.' : ` These are:\n${known}`}`);
}

/** Ctrl-C cancels the run and waits for its end. */
async function untilEnded(ctx: Context, runId: string): Promise<RunDto> {
  process.once('SIGINT', () => {
    cancelRun({ ctx, input: { runId } }).catch((error: unknown) => console.error(error instanceof Error ? error.message : error));
  });
  const watch = await watchRun({ ctx, input: { runId } });
  for await (const _ of watch(new AbortController().signal));
  return getRun({ ctx, input: { runId } });
}

function summary(run: RunDto): string {
  const lines = run.datasets.map((dataset) => {
    const { datasetName, state, counts, problem, notes, incremental } = dataset;
    const numbers = `${incremental ? 'incremental, ' : ''}read ${counts.rowsRead}, inserted ${counts.inserted}, updated ${counts.updated}, deleted ${counts.deleted}, unchanged ${counts.unchanged}`;
    const words = [
      problem?.title,
      problem?.remedy,
      ...notReadLines(dataset, dataset.datasetName),
      ...dataset.drift.map(driftSentence),
      ...notes,
    ].filter((text) => text !== undefined);
    return [`  ${datasetName}: ${DATASET_RUN_STATE_LABEL[state]}; ${numbers}`, ...words.map((text) => `    ${text}`)].join('\n');
  });
  const problem = run.problem === null ? [] : [`  ${run.problem.title} ${run.problem.remedy ?? ''}`];
  return `${[`${run.taskName}: ${RUN_STATE_LABEL[run.state]} (${run.id})`, ...problem, ...lines].join('\n')}\n`;
}
