import { z } from 'zod';
import { type Answer, answerGet, fault, type Tenant } from './answer.ts';
import type { Throttle } from './throttle.ts';

/** Graph's limit (Graph doc "Combine multiple HTTP requests using JSON batching"). */
const ITEMS_MAX = 20;

const Batch = z.object({
  requests: z
    .array(
      z.object({
        id: z.string(),
        method: z.literal('GET'),
        url: z.string(),
        headers: z.record(z.string(), z.string()).optional(),
      }),
    )
    .max(ITEMS_MAX),
});

const COMMA = Buffer.from(',');

/** Answers a batch of GETs: each item is throttled separately, and no answer is parsed. */
export function answerBatch(tenant: Tenant, base: string, body: Buffer, throttle: Throttle): Answer {
  const parsed = Batch.safeParse(JSON.parse(body.toString('utf8')));
  if (!parsed.success) return fault(400, 'BadRequest', parsed.error.message);
  const slices: Buffer[] = [Buffer.from('{"responses":[')];
  for (const [index, { id, url, headers: asked }] of parsed.data.requests.entries()) {
    const headers: Record<string, string> = { 'Content-Type': 'application/json' };
    const target = url.startsWith('/') ? url : `/${url}`;
    const refusal = throttle.check(target.split('?')[0] ?? target, headers);
    const level = Object.entries(asked ?? {}).find(([name]) => name.toLowerCase() === 'consistencylevel')?.[1];
    const answer = refusal ?? answerGet(tenant, base, target, level?.toLowerCase() === 'eventual');
    if (refusal !== null) Object.assign(headers, { 'Retry-After': refusal.headers['retry-after'] });
    if (index > 0) slices.push(COMMA);
    slices.push(
      Buffer.from(`{"id":${JSON.stringify(id)},"status":${answer.status},"headers":${JSON.stringify(headers)},"body":`),
    );
    slices.push(...('slices' in answer ? answer.slices : [answer.body]), Buffer.from('}'));
  }
  slices.push(Buffer.from(']}'));
  return { status: 200, type: 'application/json', slices };
}
