import { inSpan, isTraced } from '#lib/platform/tracing/span.ts';
import { urlTemplate } from '#lib/platform/tracing/url-template.ts';
import { GraphError } from './graph-error.ts';

/** What a request did until its end. */
export interface RequestFacts {
  /** Of the last answer; null when there was none. */
  status: number | null;
  /** Attempts that were sent. */
  attempts: number;
  /** Time until the quota admitted the attempts, milliseconds. */
  admissionMs: number;
  /** Time between a refusal by throttling and the next attempt, milliseconds. */
  throttledMs: number;
}

/**
 * Sends a request, with its retries, in a span of its own (OpenTelemetry's semantic conventions for HTTP clients). Neither ids nor queries are in
 * it: the path is a template.
 */
export async function inRequestSpan<T>(
  { method = 'GET', url, quotaClass }: { readonly method?: string; readonly url: string; readonly quotaClass: string },
  send: (facts: RequestFacts) => Promise<T>,
): Promise<T> {
  const facts: RequestFacts = { status: null, attempts: 0, admissionMs: 0, throttledMs: 0 };
  if (!isTraced()) return send(facts);
  const { pathname, hostname } = new URL(url);
  const template = urlTemplate(pathname);
  const attributes = {
    'http.request.method': method,
    'server.address': hostname,
    'url.template': template,
    'entrada.quota.class': quotaClass,
  };
  return inSpan(`${method} ${template}`, { kind: 'client', attributes }, async (span) => {
    try {
      return await send(facts);
    } catch (error) {
      if (error instanceof GraphError) facts.status = error.status;
      throw error;
    } finally {
      span.set({
        ...(facts.status === null ? {} : { 'http.response.status_code': facts.status }),
        'http.request.resend_count': Math.max(0, facts.attempts - 1),
        'entrada.quota.wait_ms': Math.round(facts.admissionMs),
        'entrada.throttled_ms': Math.round(facts.throttledMs),
      });
    }
  });
}
