import type { GatewayIds } from '#lib/domain/gateway/gateway.ts';
import type { DatasetRunner } from '#lib/executor/run-dataset.ts';
import type { SourceOperations } from '#lib/executor/source-operations.ts';
import type { TargetOperations } from '#lib/executor/target-operations.ts';
import { setRunWait } from '#lib/store/gateway/run-waits.ts';
import type { HubContext } from './hub-context.ts';
import { createRemoteSourceOperations, createRemoteTargetOperations } from './remote-operations.ts';
import { createRemoteDatasetRunner } from './remote-runner.ts';

/*
 * The one place that decides which process does something: this one, or the gateway that a connection or a target names.
 */

/** A run, as far as it matters for where its datasets are run. */
export interface RunPlacement extends GatewayIds {
  readonly runId: string;
  readonly taskName: string;
  /** How long it waits for a gateway that is away. */
  readonly waitMinutes: number;
}

/** The runner of a run's datasets. */
export type RunnerResolver = (run: RunPlacement) => DatasetRunner;

const isHere = ({ gatewayId, gatewayGroupId }: GatewayIds) => gatewayId === null && gatewayGroupId === null;

/** `local` for what the server reaches itself. */
export function createSourceResolver(ctx: HubContext, local: SourceOperations): (at: GatewayIds) => SourceOperations {
  return (at) => (isHere(at) ? local : createRemoteSourceOperations(ctx, at));
}

/** The same for targets. */
export function createTargetResolver(ctx: HubContext, local: TargetOperations): (at: GatewayIds) => TargetOperations {
  return (at) => (isHere(at) ? local : createRemoteTargetOperations(ctx, at));
}

/** The same for runs: a run of a gateway's connection is worked by that gateway. */
export function createRunnerResolver(ctx: HubContext, local: DatasetRunner): RunnerResolver {
  return (run) => {
    if (isHere(run)) return local;
    const { runId, taskName: title, waitMinutes } = run;
    return createRemoteDatasetRunner(ctx, { of: run, waitMinutes, title, onWait: (wait) => setRunWait(ctx.db, runId, wait) });
  };
}
