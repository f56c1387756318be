import { setTimeout as after } from 'node:timers/promises';
import type { randomFor } from '#lib/emulator/tenant/generate/random.ts';
import type { ChaosTask, Installation } from './installation.ts';
import type { ServerProcess } from './server-process.ts';

type Random = ReturnType<typeof randomFor>;

/** How long it goes on, and what happens. */
export interface DisorderPlan {
  readonly durationMs: number;
  /** Longest pause between two events. */
  readonly pauseMaxMs: number;
  /** Longest time that a process is away. */
  readonly awayMaxMs: number;
  /** Changes the tenants; not while their state has to be the one that is read at the end. */
  readonly changesTenants: boolean;
  readonly restartsDatabase: boolean;
}

/** Counts of what happened, by its kind. */
export type EventCounts = Map<string, number>;

/** Ends processes, changes tenants, and starts and cancels runs, at random moments. Every process runs again when it is over. */
export async function disturb(at: Installation, random: Random, plan: DisorderPlan): Promise<EventCounts> {
  const events: EventCounts = new Map();
  const note = (kind: string): void => void events.set(kind, (events.get(kind) ?? 0) + 1);
  /** Ended and not started again yet: a server that drains still runs, and is started once. */
  const away = new Set<ServerProcess>();
  const end = async (part: ServerProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    if (!part.isRunning() || away.has(part)) return;
    note(`${part.name.replace(/ \d+$/, '')} ${signal}`);
    away.add(part);
    await part.end(signal);
    await after(random.int(plan.awayMaxMs));
    away.delete(part);
    await part.start();
  };
  const background: Promise<unknown>[] = [];
  const run = (work: Promise<unknown>): void => {
    // Awaited below; until then a rejection must not end the process.
    work.catch(() => undefined);
    background.push(work);
  };
  const begun = performance.now();
  let isDatabaseDue = plan.restartsDatabase;
  while (performance.now() - begun < plan.durationMs) {
    if (isDatabaseDue && performance.now() - begun > plan.durationMs / 2) {
      isDatabaseDue = false;
      note('database restarted');
      await at.restartDatabase();
    }
    const lot = random.int(100);
    if (lot < 50) run(end(pick(random, at.workers), 'SIGKILL'));
    else if (lot < 58) run(end(pick(random, at.workers), 'SIGTERM'));
    else if (lot < 68 && at.webs.length > 0) run(end(pick(random, at.webs), lot < 63 ? 'SIGKILL' : 'SIGTERM'));
    else if (lot < 78 && plan.changesTenants)
      run(
        pick(random, at.tasks)
          .tenant.emulator.mutate({})
          .then(() => note('tenant changed')),
      );
    else if (lot < 95) run(startRun(at, pick(random, at.tasks)).then((runId) => runId !== null && note('run started')));
    else run(cancelSome(at, pick(random, at.tasks)).then((isCancelled) => isCancelled && note('run cancelled')));
    await after(random.int(plan.pauseMaxMs));
  }
  await Promise.all(background);
  return events;
}

/** Starts a run of a task. Null: one is in progress, or what became of the request is unknown. */
export async function startRun({ api }: Installation, { id }: ChaosTask): Promise<string | null> {
  const answer = await api.send('POST', `/tasks/${id}/runs`, {});
  if (answer === null) return null;
  if (answer.status === 201) return String(answer.json['id']);
  if (answer.status === 409 && answer.json['code'] === 'run-in-progress') return null;
  throw new Error(`a run could not be started: ${JSON.stringify(answer)}`);
}

async function cancelSome({ api }: Installation, { id }: ChaosTask): Promise<boolean> {
  const { items } = await api.get(`/runs?taskId=${id}&state=running`);
  const [run] = items as { readonly id: string }[];
  return run !== undefined && (await api.send('POST', `/runs/${run.id}/cancel`, {}))?.status === 200;
}

function pick<T>(random: Random, of: readonly T[]): T {
  const one = of[random.int(of.length)];
  if (one === undefined) throw new Error('nothing to choose from');
  return one;
}
