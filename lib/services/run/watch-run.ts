import { setTimeout as sleep } from 'node:timers/promises';
import { FINAL_RUN_STATES, type RunDto } from '#lib/domain/run/run.ts';
import type { Context } from '../context.ts';
import { getRun } from './get-run.ts';

/** At most two events per second; the worker writes at most one. */
const LOOK_EVERY_MS = 500;

/** The run now, and again whenever it changed, until it is over or `signal` aborts. */
export async function* watchRun(watch: {
  ctx: Context;
  first: RunDto;
  signal: AbortSignal;
  everyMs?: number;
}): AsyncGenerator<RunDto> {
  const { ctx, signal } = watch;
  let run = watch.first;
  let shown = '';
  while (!signal.aborted) {
    const text = JSON.stringify(run);
    if (text !== shown) yield run;
    shown = text;
    if (FINAL_RUN_STATES.has(run.state)) return;
    await sleep(watch.everyMs ?? LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    run = await getRun({ ctx, input: { runId: run.id } });
  }
}
