import type { GatewayIds } from '#lib/domain/gateway/gateway.ts';
import type { SourceOperations } from '#lib/executor/source-operations.ts';
import type { TargetOperations } from '#lib/executor/target-operations.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';

/** Where runs wait for a worker. */
export interface RunQueue {
  /** Puts the run on the queue within `tx`; null when the task already has a job that waits or runs. */
  enqueueRun(
    tx: Tx,
    run: { readonly runId: string; readonly taskId: string; readonly priority?: number },
  ): Promise<string | null>;
  /** Puts sampling or probing on the queue within `tx`; null when `key` already has a job that waits or runs. */
  enqueueMetadataJob(
    tx: Tx,
    job: { readonly metadataJobId: string; readonly key: string; readonly awaited: boolean },
  ): Promise<string | null>;
  /** Takes the job off the queue, or aborts its handler's signal when it runs. */
  cancelJob(jobId: string): Promise<void>;
}

/** The operations at the source from where a connection is reached: the server itself, or its data gateway. */
export type SourceResolver = (at: GatewayIds) => SourceOperations;

/** The operations on targets from where one is reached: the server itself, or its data gateway. */
export type TargetResolver = (at: GatewayIds) => TargetOperations;
