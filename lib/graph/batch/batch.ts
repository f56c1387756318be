import { setTimeout as sleep } from 'node:timers/promises';
import { backoff, type GraphClient, LIMITED_ATTEMPTS_MAX } from '#lib/graph/client/client.ts';
import type { GraphError } from '#lib/graph/client/graph-error.ts';
import { valueAt } from '#lib/graph/client/json-bytes.ts';
import { RETRY_TIME_MS } from '#lib/graph/client/retry-budget.ts';
import { AppError } from '#lib/platform/errors.ts';
import { type BatchItem, type ItemAnswer, postBatch } from './batch-wire.ts';

export interface BatchAnswer {
  /** In the order of the items. */
  readonly results: readonly (
    | { readonly ok: true; readonly body: unknown }
    | { readonly ok: false; readonly error: GraphError }
  )[];
  readonly requests: number;
  readonly throttledMs: number;
}

/**
 * Sends up to 20 GETs as one `$batch`. Graph throttles every item on its own: items with a transient failure are sent again as a smaller
 * batch, after the longest wait that one of them names; the others keep their answers. Bounded by RETRY_TIME_MS.
 */
export async function sendBatch(client: GraphClient, items: readonly BatchItem[], signal: AbortSignal): Promise<BatchAnswer> {
  const results = new Map<number, BatchAnswer['results'][number]>();
  const giveUpAt = client.clock.now().getTime() + RETRY_TIME_MS;
  let open = items.map((_, index) => index);
  let requests = 0;
  let throttledMs = 0;
  for (let round = 0; open.length > 0; round++) {
    const batch = await postBatch(
      client,
      open.flatMap((index) => items[index] ?? []),
      { signal },
    );
    requests += batch.requests;
    throttledMs += batch.throttledMs;
    const failed = settle(results, open, { answers: batch.answers, round });
    const waitMs = Math.max(0, ...failed.map(({ error }) => retryWaitMs(error, round) ?? 0));
    const isOver = client.clock.now().getTime() + waitMs > giveUpAt;
    for (const { index, error } of failed) if (isOver) results.set(index, { ok: false, error });
    open = isOver ? [] : failed.map(({ index }) => index);
    if (open.length > 0) {
      const endWait = client.waits?.begin(
        { kind: 'graph', text: failed[0]?.error.problem.title ?? '' },
        new Date(client.clock.now().getTime() + waitMs),
      );
      await pause(waitMs, signal).finally(endWait);
      throttledMs += waitMs;
    }
  }
  return { results: items.map((_, index) => results.get(index) ?? missing()), requests, throttledMs };
}

/** Milliseconds until the next attempt for a failed item; null when no attempt is left or the failure is permanent. */
export function retryWaitMs(error: GraphError, failures: number): number | null {
  if (error.retry === 'never' || (error.retry === 'limited' && failures >= LIMITED_ATTEMPTS_MAX - 1)) return null;
  return typeof error.retry === 'object' ? error.retry.afterMs : backoff(failures, Math.random);
}

/** Stores final results; returns the items to send again. */
function settle(
  results: Map<number, BatchAnswer['results'][number]>,
  open: readonly number[],
  { answers, round }: { readonly answers: readonly ItemAnswer[]; readonly round: number },
): { readonly index: number; readonly error: GraphError }[] {
  const failed: { readonly index: number; readonly error: GraphError }[] = [];
  for (const [position, answer] of answers.entries()) {
    const index = open[position] ?? missing();
    if (answer.ok) results.set(index, { ok: true, body: valueAt(answer.bytes, answer.body) });
    else if (retryWaitMs(answer.error, round) === null) results.set(index, answer);
    else failed.push({ index, error: answer.error });
  }
  return failed;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (cause) {
    throw new AppError({ code: 'aborted', title: 'Stopped.' }, { cause });
  }
}

function missing(): never {
  throw new TypeError('a batch item was left without a result');
}
