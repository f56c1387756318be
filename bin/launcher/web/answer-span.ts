import type { IncomingMessage, ServerResponse } from 'node:http';
import { inSpan, isTraced } from '#lib/platform/tracing/span.ts';
import { urlTemplate } from '#lib/platform/tracing/url-template.ts';

/** What says nothing about the work of people: files of the build, health checks, and the messages of data gateways, several a second. */
const UNTRACED = /^\/(?:_next|api\/health|api\/gateway)\//;

/**
 * Answers a request in a span, which ends when the answer was sent or its socket closed. A trace begins here: what a browser or a proxy says of
 * its own trace decides nothing, as anybody can send it.
 */
export async function inAnswerSpan(
  request: Pick<IncomingMessage, 'method' | 'url'>,
  response: Pick<ServerResponse, 'statusCode' | 'closed'> & { once(event: 'close', listener: () => void): unknown },
  answer: () => Promise<void>,
): Promise<void> {
  const { method = '', url = '/' } = request;
  if (!isTraced() || UNTRACED.test(url)) return answer();
  const template = urlTemplate(url);
  const attributes = { 'http.request.method': method, 'url.template': template };
  await inSpan(`${method} ${template}`, { kind: 'server', attributes }, async (span) => {
    const closed = new Promise<void>((done) => (response.closed ? done() : response.once('close', done)));
    await answer();
    await closed;
    span.set({ 'http.response.status_code': response.statusCode });
    if (response.statusCode >= 500) span.fail(String(response.statusCode));
  });
}
