import { createGraphClient, type GraphClient } from '#lib/graph/client/client.ts';
import type { HttpRequest } from '#lib/platform/http/http.ts';

export const STUB_BASE_URL = 'https://graph.test/v1.0';

export interface StubAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface StubClient {
  readonly graph: GraphClient;
  /** URLs in the order in which they were requested. */
  readonly urls: string[];
}

/** A Graph client whose requests are answered by `answer`, with the system's clock (which a test may fake). Waits between retries take no time. */
export function createStubClient(answer: (request: HttpRequest) => StubAnswer | Promise<StubAnswer>): StubClient {
  const urls: string[] = [];
  const graph = createGraphClient({
    http: {
      async send(request) {
        urls.push(request.url);
        request.signal?.throwIfAborted();
        const { status = 200, headers = {}, body } = await answer(request);
        return { status, headers, body: Buffer.from(JSON.stringify(body)) };
      },
      close: async () => undefined,
    },
    clock: { now: () => new Date() },
    baseUrl: STUB_BASE_URL,
    random: () => 0.5,
    accessToken: async () => 'token',
    wait: async () => undefined,
  });
  return { graph, urls };
}

/** The error body of Graph for a code. */
export function graphErrorBody(code: string, message = 'Refused.'): unknown {
  return { error: { code, message, innerError: { 'request-id': 'r-1' } } };
}
