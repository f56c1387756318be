import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#lib/platform/errors.ts';
import { backoff, type GraphClient, RETRY_TIME_MS } from './client.ts';
import { type GraphError, toGraphError } from './graph-error.ts';

/** Most requests in one batch (Graph docs "JSON batching"). */
export const BATCH_MAX = 20;

export interface BatchItem {
  /** Path and query below the Graph base URL, e.g. `/groups/1/members?$top=999`. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface BatchAnswer {
  /** In the order of the items. */
  readonly results: readonly (
    | { readonly ok: true; readonly body: unknown }
    | { readonly ok: false; readonly error: GraphError }
  )[];
  readonly requests: number;
  readonly throttledMs: number;
}

interface WireResponse {
  readonly id: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * Sends up to 20 GETs as one `$batch`. Every item is throttled on its own: those that failed for the moment are sent again, alone with
 * their like, after the longest wait that one of them was told; the others keep their answers.
 */
export async function sendBatch(client: GraphClient, items: readonly BatchItem[], signal: AbortSignal): Promise<BatchAnswer> {
  if (items.length > BATCH_MAX) throw new RangeError(`A batch has at most ${BATCH_MAX} items.`);
  const results = new Map<number, BatchAnswer['results'][number]>();
  const giveUpAt = client.clock.now().getTime() + RETRY_TIME_MS;
  let open = items.map((_, index) => index);
  let requests = 0;
  let throttledMs = 0;
  for (let round = 0; open.length > 0; round++) {
    const response = await client.send({
      method: 'POST',
      url: `${client.baseUrl}/$batch`,
      headers: { 'content-type': 'application/json' },
      body: toBody(items, open),
      signal,
    });
    requests += response.requests;
    throttledMs += response.throttledMs;
    const failed = settle(results, open, parse(response.body), client.clock.now());
    const waitMs = Math.max(
      0,
      ...failed.map(({ error }) => (typeof error.retry === 'object' ? error.retry.afterMs : backoff(round, Math.random))),
    );
    const late = client.clock.now().getTime() + waitMs > giveUpAt;
    for (const { index, error } of failed) if (late) results.set(index, { ok: false, error });
    open = late ? [] : failed.map(({ index }) => index);
    if (open.length > 0) {
      await pause(waitMs, signal);
      throttledMs += waitMs;
    }
  }
  return { results: items.map((_, index) => results.get(index) ?? missing()), requests, throttledMs };
}

function toBody(items: readonly BatchItem[], open: readonly number[]): string {
  const requests = open.map((index) => ({
    id: String(index),
    method: 'GET',
    url: items[index]?.url,
    headers: items[index]?.headers,
  }));
  return JSON.stringify({ requests });
}

/** Keeps what is final; returns what may be tried again. */
function settle(
  results: Map<number, BatchAnswer['results'][number]>,
  open: readonly number[],
  responses: readonly WireResponse[],
  now: Date,
) {
  const byId = new Map(responses.map((response) => [response.id, response]));
  const failed: { readonly index: number; readonly error: GraphError }[] = [];
  for (const index of open) {
    const response = byId.get(String(index)) ?? { id: String(index), status: 503 };
    if (response.status >= 200 && response.status < 300) {
      results.set(index, { ok: true, body: response.body });
      continue;
    }
    const headers = Object.fromEntries(
      Object.entries(response.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const error = toGraphError({ status: response.status, headers, body: response.body }, now);
    if (error.retry === 'never') results.set(index, { ok: false, error });
    else failed.push({ index, error });
  }
  return failed;
}

function parse(body: Uint8Array): readonly WireResponse[] {
  const { responses } = JSON.parse(Buffer.from(body).toString('utf8')) as { responses?: WireResponse[] };
  return responses ?? [];
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
