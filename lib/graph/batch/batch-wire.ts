import { type Charge, chargeOf, quotaOf } from '#lib/domain/run/graph-quota.ts';
import { findErrorDocument, readErrorBody } from '#lib/graph/client/answer.ts';
import { type GraphClient, type GraphResponse, outcomeOf } from '#lib/graph/client/client.ts';
import { type GraphError, toGraphError, toInStreamError } from '#lib/graph/client/graph-error.ts';
import { type ByteSpan, documentStart, eachItem, eachMember, valueAt } from '#lib/graph/client/json-bytes.ts';
import type { Outcome, WaitMeter } from '#lib/graph/limits/admission.ts';
import type { HttpResponse } from '#lib/platform/http/http.ts';

/** Most requests in one batch (Graph docs "JSON batching"). */
export const BATCH_MAX = 20;

export interface BatchItem {
  /** Path and query below the Graph base URL, e.g. `/groups/1/members?$top=999`. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer of one item; its body is a part of the batch's bytes. */
export type ItemAnswer =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly body: ByteSpan }
  | { readonly ok: false; readonly error: GraphError };

export interface BatchAnswers extends Pick<GraphResponse, 'requests' | 'throttledMs'> {
  /** In the order of the items. */
  readonly answers: readonly ItemAnswer[];
}

const NO_BODY: ByteSpan = { from: 0, to: 0 };
/** First letter of `null`, and of no other JSON value. */
const LETTER_N = 0x6e;
const BRACKET = 0x5b;
const ERROR = Buffer.from('"error"');

/**
 * Sends up to BATCH_MAX GETs as one `$batch`, once: failed items are returned as errors. The `$batch` request itself is retried like any
 * other. Each item is charged to the quota on its own, as Graph does.
 */
export async function postBatch(
  client: GraphClient,
  items: readonly BatchItem[],
  { signal, meter }: { readonly signal: AbortSignal; readonly meter?: WaitMeter },
): Promise<BatchAnswers> {
  if (items.length > BATCH_MAX) throw new RangeError(`A batch has at most ${BATCH_MAX} items.`);
  let answers: readonly WireAnswer[] | null = null;
  const { body, headers, requests, throttledMs } = await client.send({
    method: 'POST',
    url: `${client.baseUrl}/$batch`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      requests: items.map(({ url, headers }, index) => ({ id: String(index), method: 'GET', url, headers })),
    }),
    charge: chargeOfAll(items),
    signal,
    ...(meter === undefined ? {} : { meter }),
    accepts: ({ body: bytes }) => holdsAnswers(bytes),
    inspectResponse: (response) => {
      answers = readAnswers(response.body);
      return outcomeOfAll(answers, client.clock.now());
    },
  });
  const byId = new Map((answers ?? readAnswers(body)).map((answer) => [answer.id, answer]));
  const now = client.clock.now();
  const toItem = (_: BatchItem, index: number): ItemAnswer =>
    toAnswer(withRetryAfter(byId.get(String(index)), headers), body, now);
  return { answers: items.map(toItem), requests, throttledMs };
}

/**
 * Items like `item` that fit into one batch: no more than their quota holds at once, since Graph charges each item on its own and refuses
 * those beyond it.
 */
export function batchSizeOf({ url }: BatchItem): number {
  return Math.min(BATCH_MAX, quotaOf(chargeOf(url).quotaClass, 'S').capacity);
}

/** Charge of a batch. All its items belong to one dataset, and so to one quota class. */
function chargeOfAll(items: readonly BatchItem[]): Charge {
  const charges = items.map(({ url }) => chargeOf(url));
  return { quotaClass: charges[0]?.quotaClass ?? 'other', units: charges.reduce((sum, { units }) => sum + units, 0) };
}

/** Whether a body is the answer to a batch. The status of the whole doesn't matter: it says nothing about the items. */
function holdsAnswers(bytes: Uint8Array): boolean {
  try {
    return readAnswers(bytes).some(({ status }) => status > 0);
  } catch {
    return false;
  }
}

/** The Retry-After of the batch holds for an item that has none of its own. */
function withRetryAfter(answer: WireAnswer | undefined, headers: HttpResponse['headers']): WireAnswer | undefined {
  const after = headers['retry-after'];
  if (answer === undefined || after === undefined || 'retry-after' in answer.headers) return answer;
  return { ...answer, headers: { ...answer.headers, 'retry-after': after } };
}

interface WireAnswer extends Pick<HttpResponse, 'status' | 'headers'> {
  readonly id: string;
  readonly body: ByteSpan;
}

function readAnswers(bytes: Uint8Array): readonly WireAnswer[] {
  const answers: WireAnswer[] = [];
  eachMember(bytes, documentStart(bytes), (name, responses) => {
    if (name === 'responses') eachItem(bytes, responses.from, ({ from }) => answers.push(readAnswer(bytes, from)));
    return true;
  });
  return answers;
}

function readAnswer(bytes: Uint8Array, at: number): WireAnswer {
  let [id, status, body] = ['', 0, NO_BODY];
  let headers: Record<string, string> = {};
  eachMember(bytes, at, (name, span) => {
    if (name === 'body') body = span;
    else if (name === 'id') id = String(valueAt(bytes, span));
    else if (name === 'status') status = Number(valueAt(bytes, span));
    else if (name === 'headers') headers = lowerCased(valueAt(bytes, span));
    return true;
  });
  return { id, status, headers, body };
}

function lowerCased(headers: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function outcomeOfAll(answers: readonly WireAnswer[], now: Date): Outcome {
  const outcomes = answers.map((answer) => outcomeOf(answer, now));
  const largest = (of: (outcome: Outcome) => number | null): number | null =>
    outcomes.reduce<number | null>((max, outcome) => {
      const value = of(outcome);
      return value === null ? max : Math.max(max ?? 0, value);
    }, null);
  return {
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    throttled: outcomes.reduce((sum, { throttled }) => sum + throttled, 0),
    retryAfterMs: largest(({ retryAfterMs }) => retryAfterMs),
    utilisation: largest(({ utilisation }) => utilisation),
    ...(outcomes.every(({ units }) => units === undefined)
      ? {}
      : { units: outcomes.reduce((sum, { units = 0 }) => sum + units, 0) }),
  };
}

/** An item that the answer lacks, or a success without a body or with `null` as its body, counts as a 503. */
function toAnswer(answer: WireAnswer | undefined, bytes: Uint8Array, now: Date): ItemAnswer {
  const isWhole = answer !== undefined && (answer.status >= 300 || (answer.body.to > 0 && bytes[answer.body.from] !== LETTER_N));
  const { status, headers, body } = isWhole ? answer : { status: 503, headers: {}, body: NO_BODY };
  if (status >= 200 && status < 300) {
    const failure = findInStreamError(bytes.subarray(body.from, body.to));
    if (failure !== null) return { ok: false, error: toInStreamError({ status, headers, body: bytes }, failure, now) };
    return { ok: true, bytes, body };
  }
  return { ok: false, error: toGraphError({ status, headers, body: body.to > 0 ? valueAt(bytes, body) : null }, now) };
}

/** The error that a successful item holds in place of its content or behind its rows; null when it holds none. An object may have a property `error`. */
function findInStreamError(body: Uint8Array): unknown {
  const document = findErrorDocument(body);
  if (document !== null || !Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes(ERROR)) return document;
  let isList = false;
  let error: unknown;
  eachMember(body, 0, (name, span) => {
    if (name === 'value') isList = body[span.from] === BRACKET;
    else if (name === 'error') error = valueAt(body, span);
    return true;
  });
  const failure = { error };
  return isList && readErrorBody(failure).graphCode !== '' ? failure : null;
}
