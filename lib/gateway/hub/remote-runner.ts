import type { GatewayIds } from '#lib/domain/gateway/gateway.ts';
import type { Problem } from '#lib/domain/problem.ts';
import { NO_COUNTS, NONE_REJECTED, NONE_UNPROVEN } from '#lib/domain/run/run.ts';
import { type DatasetAssignment, DatasetEvent } from '#lib/executor/dataset-assignment.ts';
import type { DatasetRunner } from '#lib/executor/run-dataset.ts';
import { JobLeaseLostError } from '#lib/reload/engine/job-lease-lost.ts';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';
import { findDatasetCommand, listGatewaysOfRun, notifyGateway, stopCommand } from '#lib/store/gateway/commands.ts';
import { withKnownCodes } from '../lenient-problem.ts';
import { errorOf, giveUp, wakeHolder } from './call-gateway.ts';
import { followCommand } from './follow-command.ts';
import type { HubContext } from './hub-context.ts';
import { gatewayUnavailableProblem, type Presence, presenceLabel, presenceOf } from './presence.ts';
import { sendCommand } from './send-command.ts';

/** A wait of a whole run, in stored form. */
export interface GatewayWait {
  /** Name of the gateway or the group. */
  readonly name: string;
  readonly since: Date;
  readonly until: Date;
}

export interface RemoteRunOptions {
  readonly of: GatewayIds;
  /** How long a run waits for a disconnected gateway, minutes. */
  readonly waitMinutes: number;
  /** Display name of the work: the name of the task. */
  readonly title: string;
  /** Called when the run starts to wait for its gateway, and with null when it continues. */
  readonly onWait: (wait: GatewayWait | null) => Promise<void>;
}

/** Time limit for the end of a stopped command, milliseconds: its gateway may be disconnected. */
const RELEASE_MS = 10 * 60_000;

/**
 * Runs datasets in a gateway or a gateway of a group. The command of a dataset run outlives the process that sent it: the next worker of the run
 * continues to
 * follow it. While no gateway is connected the run waits, and fails after `waitMinutes`.
 */
export function createRemoteDatasetRunner(ctx: HubContext, options: RemoteRunOptions): DatasetRunner {
  return {
    run: (assignment, signal) => runRemotely(ctx, options, assignment, signal),
    async release({ runId, attempt }) {
      const deadlineAt = new Date(ctx.clock.now().getTime() + RELEASE_MS);
      // A command of an earlier worker belongs to the attempt that sent it.
      for (const to of await listGatewaysOfRun(ctx.db, runId)) {
        for (let of = 1; of <= attempt; of++) {
          const command = { name: 'dataset.release', to, title: 'End a run', tokenCache: null, deadlineAt } as const;
          await sendCommand(ctx, { ...command, input: { runId, attempt: of } });
        }
      }
    },
  };
}

async function* runRemotely(
  ctx: HubContext,
  options: RemoteRunOptions,
  assignment: DatasetAssignment,
  signal: AbortSignal,
): AsyncGenerator<DatasetEvent> {
  const id = await commandOf(ctx, options, assignment);
  const stop = stopWith(ctx, id, signal);
  const away = new Absence(ctx, options);
  const following = followCommand(ctx, id, stop.left);
  try {
    for (;;) {
      const { done, value } = await following.next();
      if (done === true) {
        if (value?.ok === false) yield ended('failed', errorOf(value).problem);
        else if (value === null) yield stop.isStopped() ? ended('cancelled', null) : ended('failed', GIVEN_UP);
        return;
      }
      if (value.kind === 'event') {
        yield DatasetEvent.parse(withKnownCodes(value.event));
        continue;
      }
      const now = await away.look();
      if (now.changed !== null) yield now.changed;
      if (now.over === null && !(now.isAway && stop.isStopped())) continue;
      await giveUp(ctx, id);
      yield now.over === null ? ended('cancelled', null) : ended('failed', now.over);
      return;
    }
  } finally {
    await following.return(null);
    stop.end();
    await away.end();
  }
}

/** The command of the dataset run: the one of an earlier worker, or a new one. */
async function commandOf(ctx: HubContext, { of, title }: RemoteRunOptions, assignment: DatasetAssignment): Promise<string> {
  const { runId, datasetRunId, connection } = assignment;
  const sent = await findDatasetCommand(ctx.db, datasetRunId);
  if (sent !== null) return sent.id;
  return sendCommand(ctx, {
    ...{ name: 'dataset.run', input: assignment, title, deadlineAt: null, run: { runId, datasetRunId } },
    to: of.gatewayId ?? of.gatewayGroupId ?? '',
    tokenCache: { id: connection.tokenCacheId, owner: connection.id },
  });
}

/** Handles an abort: a worker that lost the run leaves the command to the next one; any other abort cancels the command, whose end is awaited. */
function stopWith(ctx: HubContext, id: string, signal: AbortSignal) {
  const left = new AbortController();
  const onAbort = () => {
    if (signal.reason instanceof JobLeaseLostError) {
      left.abort();
      return;
    }
    stopCommand(ctx.db, id, 'cancelled', ctx.clock.now())
      .then(() => Promise.all([wakeHolder(ctx, id), notifyGateway(ctx.db, `command:${id}`)]))
      .catch((error: unknown) => ctx.log.error({ err: error, id }, 'cancel a command'));
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return {
    left: left.signal,
    isStopped: () => signal.aborted,
    end: () => signal.removeEventListener('abort', onAbort),
  };
}

const GIVEN_UP: Problem = {
  code: 'gateway-problem',
  title: 'The data gateway could not finish this dataset: the server stopped waiting for its command.',
  remedy: 'Start the task again. If the problem persists, read the reason in the logs of the server and the gateway.',
  fixer: 'operator',
};

/** Checks whether a gateway is connected, and keeps the start of its absence. */
class Absence {
  readonly #ctx: HubContext;
  readonly #options: RemoteRunOptions;
  #since: Date | null = null;

  constructor(ctx: HubContext, options: RemoteRunOptions) {
    this.#ctx = ctx;
    this.#options = options;
  }

  async look(): Promise<{ readonly isAway: boolean; readonly changed: DatasetEvent | null; readonly over: Problem | null }> {
    const presence = await presenceOf(this.#ctx, this.#options.of);
    if (presence.isThere) {
      const changed = this.#since === null ? null : ({ kind: 'waiting', wait: null } as const);
      await this.end();
      return { isAway: false, changed, over: null };
    }
    const begins = this.#since === null;
    this.#since ??= this.#ctx.clock.now();
    const until = new Date(this.#since.getTime() + this.#options.waitMinutes * 60_000);
    if (this.#ctx.clock.now() >= until) return { isAway: true, changed: null, over: waitedTooLong(presence, this.#options) };
    if (!begins) return { isAway: true, changed: null, over: null };
    await this.#options.onWait({ name: presence.name, since: this.#since, until });
    return { isAway: true, changed: waiting(presence, this.#since, until), over: null };
  }

  async end(): Promise<void> {
    if (this.#since === null) return;
    this.#since = null;
    await this.#options.onWait(null);
  }
}

function waiting(presence: Presence, since: Date, until: Date): DatasetEvent {
  const text = `${presenceLabel(presence)} is not connected.`;
  return { kind: 'waiting', wait: { kind: 'gateway', text, since: since.toISOString(), until: until.toISOString() } };
}

function waitedTooLong(presence: Presence, { waitMinutes }: RemoteRunOptions): Problem {
  const { title, ...rest } = gatewayUnavailableProblem(presence);
  return { ...rest, title: `${title.replace(/\.$/, '')}, and the run waited for it for ${waitMinutes} minutes.` };
}

function ended(state: 'failed' | 'cancelled', problem: Problem | null): DatasetEvent {
  const report: DatasetReport = {
    ...{ state, counts: NO_COUNTS, problem, notes: [], incremental: false, unread: [] },
    ...{ unproven: NONE_UNPROVEN, rejected: NONE_REJECTED },
  };
  return { kind: 'ended', report };
}
