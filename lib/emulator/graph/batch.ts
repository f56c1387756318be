import { z } from 'zod';
import type { EmulatorRequest, EmulatorResponse } from '../contract.ts';
import { GraphErrorResponse } from './error-response.ts';

const ITEMS_MAX = 20;

const BatchItem = z.object({
  id: z.string().min(1),
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.unknown().optional(),
  dependsOn: z.array(z.string()).optional(),
});
type BatchItem = z.infer<typeof BatchItem>;
const BatchBody = z.object({ requests: z.array(BatchItem) });

export interface BatchParts {
  /** Answers one item. */
  readonly item: (request: EmulatorRequest) => Promise<EmulatorResponse>;
  /** The item's answer with another content type; its body is unchanged. */
  readonly retype: (response: EmulatorResponse) => EmulatorResponse;
}

/**
 * Answers a batch: every item is a separate request, with its own headers, faults and throttling; items run concurrently unless one depends on
 * another, and are answered in any order (Graph doc "JSON batching").
 * @throws GraphFault for a body that is not a batch
 */
export async function answerBatch(
  batch: EmulatorRequest,
  base: string,
  { item: answerItem, retype }: BatchParts,
): Promise<string> {
  const { requests } = readBatch(batch.body);
  const answers = new Map<string, Promise<{ readonly id: string; readonly status: number }>>();
  for (const item of requests) {
    const before = (item.dependsOn ?? []).flatMap((id) => answers.get(id.toLowerCase()) ?? []);
    const run = async () => {
      const failed = (await Promise.all(before)).some(({ status }) => status >= 400);
      if (!failed) {
        const response = await answerItem(toRequest(batch, base, item));
        return { ...toAnswer(item, response), headers: retype(response).headers };
      }
      const error = { code: 'FailedDependency', message: 'A request that this one depends on has failed.' };
      return { id: item.id, status: 424, headers: { 'content-type': 'application/json' }, body: { error } };
    };
    answers.set(item.id.toLowerCase(), run());
  }
  return JSON.stringify({ responses: (await Promise.all(answers.values())).toReversed() });
}

function toRequest(batch: EmulatorRequest, base: string, { method, url, headers, body }: BatchItem): EmulatorRequest {
  const own = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    method,
    url: new URL(`${base}/${url.replace(/^\//, '')}`),
    headers: { ...Object.fromEntries(own), authorization: batch.headers['authorization'] ?? '' },
    body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
  };
}

function toAnswer({ id }: BatchItem, { status, headers, body }: EmulatorResponse) {
  const text = String(body);
  const isJson = headers['content-type']?.startsWith('application/json') === true;
  return { id, status, headers, body: isJson ? JSON.parse(text) : text };
}

function readBatch(body: Uint8Array): z.infer<typeof BatchBody> {
  const bad = (message: string, cause?: unknown): GraphErrorResponse => {
    const fault = new GraphErrorResponse(400, 'BadRequest', message);
    fault.cause = cause;
    return fault;
  };
  let parsed: z.infer<typeof BatchBody>;
  try {
    parsed = BatchBody.parse(JSON.parse(Buffer.from(body).toString('utf8')));
  } catch (cause) {
    throw bad('Invalid batch payload format.', cause);
  }
  if (parsed.requests.length > ITEMS_MAX) throw bad(`Number of batch requests must not exceed ${ITEMS_MAX}.`);
  const seen = new Set<string>();
  for (const { id, body: content, headers, dependsOn } of parsed.requests) {
    // Stricter than documented: only earlier items, which excludes cycles.
    const unknown = dependsOn?.find((other) => !seen.has(other.toLowerCase()));
    if (unknown !== undefined) throw bad(`Request '${id}' depends on '${unknown}', which isn't an earlier request.`);
    if (seen.has(id.toLowerCase())) throw bad('Each batch item must have a unique id.');
    seen.add(id.toLowerCase());
    const typed = Object.keys(headers ?? {}).some((name) => name.toLowerCase() === 'content-type');
    if (content !== undefined && !typed) throw bad(`Write request id : ${id} does not contain Content-Type header or body.`);
  }
  return parsed;
}
