import type { GatewayIds } from '#lib/domain/gateway/gateway.ts';
import type { SourceOperations } from '#lib/executor/source-operations.ts';
import type { TargetOperations } from '#lib/executor/target-operations.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';

/** The queue of runs and metadata jobs. */
export interface RunQueue {
  /** Queues the run within `tx`; returns null when the task already has a queued or running job. */
  enqueueRun(
    tx: Tx,
    run: { readonly runId: string; readonly taskId: string; readonly priority?: number },
  ): Promise<string | null>;
  /** Queues sampling or probing within `tx`; returns null when `key` already has a queued or running job. */
  enqueueMetadataJob(
    tx: Tx,
    job: { readonly metadataJobId: string; readonly key: string; readonly awaited: boolean },
  ): Promise<string | null>;
  /** Removes a queued job, or aborts the signal of a running job's handler. */
  cancelJob(jobId: string): Promise<void>;
}

/** Operations at the source, executed by the server itself or by the data gateway of the connection. */
export type SourceResolver = (at: GatewayIds) => SourceOperations;

/** Operations on targets, executed by the server itself or by the data gateway of the target. */
export type TargetResolver = (at: GatewayIds) => TargetOperations;
