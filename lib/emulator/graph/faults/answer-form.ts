import { z } from 'zod';
import type { EmulatorResponse } from '../../contract.ts';

export const AnswerFormSettings = {
  /**
   * Every answer starts with the UTF-8 byte order mark: objects, lists, errors, batches and `$count` ($metadata always does).
   * Receivers may ignore it (RFC 8259 section 8.1); gateways in front of Graph send it.
   */
  byteOrderMark: z.boolean(),
  /**
   * Content type of JSON answers, including items of batches: parameters may have any order and case (RFC 9110 section 8.3.1), and proxies change it.
   */
  contentType: z.string().min(1),
  /** The last page has `"@odata.nextLink": null` instead of no link (OData JSON Format 4.01 omits it; Graph's reports and some gateways do not). */
  nullNextLink: z.boolean(),
  /** Status of a whole batch whose `responses` are successful; 424, 429 and 503 have been observed. */
  batchStatus: z.number().int().min(200).max(599),
  /** Every nth item of a batch has `"body": null`. */
  nullBatchBodies: z.object({ everyNth: z.number().int().min(1) }),
};

interface Settings {
  readonly byteOrderMark?: boolean | undefined;
  readonly contentType?: string | undefined;
  readonly batchStatus?: number | undefined;
  readonly nullBatchBodies?: { readonly everyNth: number } | undefined;
}

/** The answer with the byte order mark, when configured. */
export function withByteOrderMark({ byteOrderMark = false }: Settings, response: EmulatorResponse): EmulatorResponse {
  const { body } = response;
  if (!byteOrderMark || body === null) return response;
  if (typeof body === 'string') return { ...response, body: `\uFEFF${body}` };
  if (body instanceof Uint8Array) return { ...response, body: Buffer.concat([Buffer.from('\uFEFF'), body]) };
  return { ...response, body: prependByteOrderMark(body) };
}

async function* prependByteOrderMark(body: AsyncIterable<string | Uint8Array>): AsyncGenerator<string | Uint8Array> {
  yield '\uFEFF';
  yield* body;
}

/** The answer, or item of a batch, with the configured content type. */
export function withContentType({ contentType }: Settings, response: EmulatorResponse): EmulatorResponse {
  const isJson = /^application\/json\b/i.test(response.headers['content-type'] ?? '');
  if (contentType === undefined || !isJson) return response;
  return { ...response, headers: { ...response.headers, 'content-type': contentType } };
}

/** The batch with the configured status, and items without bodies. */
export function alterBatch({ batchStatus = 200, nullBatchBodies }: Settings, text: string): { status: number; body: string } {
  if (nullBatchBodies === undefined) return { status: batchStatus, body: text };
  const { responses } = JSON.parse(text) as { responses: readonly object[] };
  const emptied = responses.map((item, index) => ((index + 1) % nullBatchBodies.everyNth === 0 ? { ...item, body: null } : item));
  return { status: batchStatus, body: JSON.stringify({ responses: emptied }) };
}
