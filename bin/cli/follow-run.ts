import { z } from 'zod';
import { DATASET_RUN_STATE_LABEL, DatasetRunState, RUN_STATE_LABEL, RunState } from '#lib/domain/run/run.ts';
import type { ApiClient } from './api-client.ts';

const Event = z.looseObject({
  state: RunState,
  taskName: z.string(),
  datasets: z.array(
    z.looseObject({
      datasetName: z.string(),
      state: DatasetRunState,
      counts: z.looseObject({ rowsRead: z.number() }),
      problem: z.looseObject({ title: z.string() }).nullable(),
    }),
  ),
});

/** Exit codes by the final state of a run. */
const EXIT_CODE: Readonly<Partial<Record<RunState, number>>> = { done: 0, partial: 3, failed: 1, cancelled: 4 };

/** Prints a line after each change of a dataset, until the run has ended. Returns the exit code. */
export async function followRun(api: ApiClient, runId: string, print: (line: string) => void): Promise<number> {
  const printed = new Map<string, string>();
  for (;;) {
    // A server that stops ends the stream; the next stream continues.
    for await (const data of api.events(`/runs/${runId}/events`)) {
      const { state, taskName, datasets } = Event.parse(data);
      for (const dataset of datasets) {
        const line = lineOf(dataset);
        if (printed.get(dataset.datasetName) !== line) print(line);
        printed.set(dataset.datasetName, line);
      }
      const code = EXIT_CODE[state];
      if (code === undefined) continue;
      print(`${taskName}: ${RUN_STATE_LABEL[state]}`);
      return code;
    }
  }
}

function lineOf({ datasetName, state, counts, problem }: z.output<typeof Event>['datasets'][number]): string {
  const words = problem === null ? '' : `: ${problem.title}`;
  return `  ${datasetName.padEnd(32)} ${DATASET_RUN_STATE_LABEL[state].padEnd(12)} ${counts.rowsRead} rows${words}`;
}
