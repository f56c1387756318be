import { randomUUID } from 'node:crypto';
import { CliError } from '../launcher/cli-error.ts';

type Json = Readonly<Record<string, unknown>>;

/** Requests to /api/v1 of a server, in the name of a token. */
export interface ApiClient {
  readonly get: (path: string) => Promise<Json>;
  /** Every item of a list, over all of its pages. */
  readonly list: (path: string) => Promise<readonly Json[]>;
  /** With an Idempotency-Key: a repetition by the network does nothing twice. */
  readonly post: (path: string, body?: Json) => Promise<Json>;
  /** The data of server-sent events, until the stream ends. */
  readonly events: (path: string) => AsyncGenerator<Json>;
  /** An answer that is not JSON. */
  readonly text: (path: string) => Promise<string>;
}

export interface ApiClientOptions {
  /** Origin of the server. */
  readonly server: string;
  readonly token: string;
  readonly fetch: typeof globalThis.fetch;
}

/** @throws CliError with the words of a problem document, or when the server cannot be reached. */
export function createApiClient({ server, token, fetch }: ApiClientOptions): ApiClient {
  async function send(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...init.headers, authorization: `Bearer ${token}` };
    let response: Response;
    try {
      response = await fetch(new URL(`/api/v1${path}`, server), { ...init, headers });
    } catch (error) {
      throw new CliError(`${server} cannot be reached. Check --server and the network.`, { cause: error });
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }
  const get = async (path: string) => (await (await send(path)).json()) as Json;
  return {
    get,
    list: async (path) => {
      const items: Json[] = [];
      for (let cursor: unknown = ''; cursor !== null; ) {
        const page = await get(
          `${path}${path.includes('?') ? '&' : '?'}limit=1000${cursor === '' ? '' : `&cursor=${String(cursor)}`}`,
        );
        items.push(...(page['items'] as Json[]));
        cursor = page['nextCursor'];
      }
      return items;
    },
    post: async (path, body = {}) => {
      const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
      return (await (await send(path, { method: 'POST', headers, body: JSON.stringify(body) })).json()) as Json;
    },
    events: async function* events(path) {
      yield* readEvents(await send(path));
    },
    text: async (path) => (await send(path)).text(),
  };
}

async function refusal(response: Response): Promise<CliError> {
  if (!(response.headers.get('content-type') ?? '').includes('json')) {
    return new CliError(`The server answered ${response.status}. Is --server the address of Entrada?`);
  }
  const { title, remedy, code } = (await response.json()) as { title?: string; remedy?: string; code?: string };
  return new CliError(
    [title ?? `The server answered ${response.status}.`, remedy, `(${code ?? response.status})`].filter(Boolean).join(' '),
  );
}

/** The `data` of each event (HTML Living Standard, 9.2.6), as far as Entrada sends them: one line of JSON. */
async function* readEvents(response: Response): AsyncGenerator<Json> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of response.body ?? []) {
    rest += decoder.decode(bytes, { stream: true });
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data !== undefined) yield JSON.parse(data) as Json;
    }
  }
}
