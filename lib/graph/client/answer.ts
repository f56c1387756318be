import { z } from 'zod';
import { RemoteError } from '#lib/platform/errors.ts';
import { jsonOf, textOf } from '#lib/platform/http/content.ts';
import { isValueDeeper, JSON_DEPTH_MAX } from '#lib/platform/json-depth.ts';
import { answerNotUnderstood, firstIssue, truncatedAnswer } from './answer-problems.ts';

// The only place that parses Graph's answers: a convention test refuses `JSON.parse` elsewhere.

export type Row = Readonly<Record<string, unknown>>;

/** A page of a list. */
export interface ListAnswer {
  readonly rows: readonly Row[];
  /** Absolute; null on the last page. */
  readonly nextLink: string | null;
  /** Null on all pages but the last one of a delta round. */
  readonly deltaLink: string | null;
  /** `@odata.count`; null when the answer has none. */
  readonly count: number | null;
}

const RowShape = z.record(z.string(), z.unknown());

/**
 * @throws RemoteError `truncated-answer` for a body that is not complete JSON; `answer-too-deep` for one nested deeper than JSON_DEPTH_MAX,
 * which recursive code could not process.
 */
export function readJson(body: Uint8Array): unknown {
  let value: unknown;
  try {
    value = jsonOf(body);
  } catch (cause) {
    throw truncatedAnswer('is incomplete', cause);
  }
  if (isValueDeeper(value)) throw tooDeep();
  return value;
}

/** The body, validated by `shape`. @throws RemoteError `truncated-answer`, or `answer-not-understood` for JSON of another shape. */
export function readAs<T>(body: Uint8Array, shape: z.ZodType<T>): T {
  return valueAs(readJson(body), shape);
}

function valueAs<T>(value: unknown, shape: z.ZodType<T>): T {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw notUnderstood(parsed.error);
}

/** A list, or a single object as a list of one. @throws as readAs. */
export function readList(body: Uint8Array): ListAnswer {
  return toListAnswer(readJson(body));
}

/** As readList, for an answer that is already parsed: an item of a batch. @throws RemoteError `answer-not-understood` */
export function toListAnswer(body: unknown): ListAnswer {
  const answer = valueAs(body, RowShape);
  const value = answer['value'];
  const rows = Array.isArray(value) ? z.array(RowShape).safeParse(value) : { success: true as const, data: [answer] };
  if (!rows.success) throw notUnderstood(rows.error);
  const count = answer['@odata.count'];
  return {
    rows: rows.data,
    nextLink: linkOrNull(answer['@odata.nextLink']),
    deltaLink: linkOrNull(answer['@odata.deltaLink']),
    count: typeof count === 'number' ? count : null,
  };
}

/** A link; null, an empty text and an absent member are one thing: there is none. */
export function linkOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** What `$count` answers: a bare number as text; in a batch perhaps in base64 (Graph docs "JSON batching"). Null for anything else. */
export function readCount(answer: unknown): number | null {
  const text = (answer instanceof Uint8Array ? textOf(answer) : String(answer)).replace(/^\uFEFF/, '').trim();
  const plain = /^\d+$/.test(text) ? text : Buffer.from(text, 'base64').toString('utf8');
  const count = /^\d+$/.test(plain) ? Number(plain) : Number.NaN;
  return Number.isSafeInteger(count) ? count : null;
}

/**
 * The whole document when it is an error although its status is a success; else null. Reads the first member only, so that the rows of a
 * page are not built.
 */
export function findErrorDocument(body: Uint8Array): unknown {
  const head = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, 64)).toString('latin1');
  if (!/^\s*\{\s*"(?:odata\.)?error"\s*:\s*\{/.test(head)) return null;
  const document = parseOrNull(body);
  return readErrorBody(document).graphCode === '' ? null : document;
}

/** Content of an error body. */
export interface GraphErrorBody {
  readonly graphCode: string;
  readonly message: string;
  readonly requestId: string;
}

const Text = z.string().catch('');
const ErrorShape = z
  .looseObject({
    code: Text,
    // OData 3 services behind Graph send `{"lang":"en","value":"…"}`.
    message: z.union([z.string(), z.looseObject({ value: z.string() }).transform(({ value }) => value)]).catch(''),
    innerError: z.looseObject({ 'request-id': Text }).catch({ 'request-id': '' }),
  })
  .catch({ code: '', message: '', innerError: { 'request-id': '' } });
const ErrorBody = z.looseObject({
  error: z.unknown().optional(),
  'odata.error': z.unknown().optional(),
  error_description: Text,
});

/** Reads an error body in any of the forms that services behind Graph send; missing members are empty texts. */
export function readErrorBody(body: unknown): GraphErrorBody {
  const parsed = ErrorBody.safeParse(body instanceof Uint8Array ? parseOrNull(body) : body);
  if (!parsed.success) return { graphCode: '', message: '', requestId: '' };
  const { error, error_description, ...rest } = parsed.data;
  if (typeof error === 'string') return { graphCode: error, message: error_description, requestId: '' };
  const { code, message, innerError } = ErrorShape.parse(error ?? rest['odata.error']);
  return { graphCode: code, message, requestId: innerError['request-id'] };
}

function parseOrNull(body: Uint8Array): unknown {
  try {
    return jsonOf(body);
  } catch {
    return null;
  }
}

function tooDeep(): RemoteError {
  return new RemoteError({
    code: 'answer-too-deep',
    title: `An answer from Graph is nested more than ${JSON_DEPTH_MAX} levels deep.`,
    remedy: 'Check the Graph Base URL. If it is right, deselect the column that holds such values.',
    fixer: 'you',
  });
}

function notUnderstood(cause: z.ZodError): RemoteError {
  return new RemoteError(answerNotUnderstood(firstIssue(cause)), { cause });
}
