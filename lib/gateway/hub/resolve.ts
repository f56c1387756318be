import type { GatewayIds } from '#lib/domain/gateway/gateway.ts';
import type { DatasetRunner } from '#lib/executor/run-dataset.ts';
import type { SourceOperations } from '#lib/executor/source-operations.ts';
import type { TargetOperations } from '#lib/executor/target-operations.ts';
import { setRunWait } from '#lib/store/gateway/run-waits.ts';
import type { HubContext } from './hub-context.ts';
import { createRemoteSourceOperations, createRemoteTargetOperations } from './remote-operations.ts';
import { createRemoteDatasetRunner } from './remote-runner.ts';

/* Decides which process executes an operation: this one, or the gateway of a connection or a target. No other file decides it. */

/** What decides where the datasets of a run are executed. */
export interface RunPlacement extends GatewayIds {
  readonly runId: string;
  readonly taskName: string;
  /** How long it waits for a disconnected gateway, minutes. */
  readonly waitMinutes: number;
}

/** The runner of a run's datasets. */
export type RunnerResolver = (run: RunPlacement) => DatasetRunner;

const isHere = ({ gatewayId, gatewayGroupId }: GatewayIds) => gatewayId === null && gatewayGroupId === null;

/** Resolves operations at the source; `local` executes those of the server itself. */
export function createSourceResolver(ctx: HubContext, local: SourceOperations): (at: GatewayIds) => SourceOperations {
  return (at) => (isHere(at) ? local : createRemoteSourceOperations(ctx, at));
}

/** Resolves operations on targets. */
export function createTargetResolver(ctx: HubContext, local: TargetOperations): (at: GatewayIds) => TargetOperations {
  return (at) => (isHere(at) ? local : createRemoteTargetOperations(ctx, at));
}

/** Resolves the runner of a run: the gateway of its connection executes it. */
export function createRunnerResolver(ctx: HubContext, local: DatasetRunner): RunnerResolver {
  return (run) => {
    if (isHere(run)) return local;
    const { runId, taskName: title, waitMinutes } = run;
    return createRemoteDatasetRunner(ctx, { of: run, waitMinutes, title, onWait: (wait) => setRunWait(ctx.db, runId, wait) });
  };
}
