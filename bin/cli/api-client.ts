import { randomUUID } from 'node:crypto';
import { CliError } from '../launcher/cli-error.ts';

export type Json = Readonly<Record<string, unknown>>;

/** One request below /api/v1. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /api/v1, with its query. */
  readonly path: string;
  /** Sent as JSON; a string is sent as it is, of the type `contentType`. */
  readonly body?: Json | string;
  readonly contentType?: string;
  /** The entity tag that an edit was made from. */
  readonly ifMatch?: string;
}

/** What a request was answered with. */
export interface ApiAnswer {
  readonly json: Json;
  readonly etag: string | null;
}

/** Requests to /api/v1 of a server. */
export interface ApiClient {
  /** A POST has an Idempotency-Key: a repetition by the network does nothing twice. */
  readonly request: (request: ApiRequest) => Promise<ApiAnswer>;
  readonly get: (path: string) => Promise<Json>;
  /** All items of a list, across its pages. */
  readonly list: (path: string) => Promise<readonly Json[]>;
  readonly post: (path: string, body?: Json) => Promise<Json>;
  /** The data of server-sent events, until the stream ends. */
  readonly events: (path: string) => AsyncGenerator<Json>;
  /** An answer that is not JSON. */
  readonly text: (path: string) => Promise<string>;
}

export interface ApiClientOptions {
  /** Origin of the server. */
  readonly server: string;
  /** Null: who calls is known to `fetch`. */
  readonly token: string | null;
  readonly fetch: typeof globalThis.fetch;
}

/** A refusal of the server in its own words. */
export class ApiProblem extends CliError {
  /** Of lib/domain/problem-code.ts; null where the answer was no problem document. */
  readonly code: string | null;

  constructor(message: string, code: string | null) {
    super(message);
    this.code = code;
  }
}

/** @throws ApiProblem with the words of a problem document; CliError when the server cannot be reached. */
export function createApiClient({ server, token, fetch }: ApiClientOptions): ApiClient {
  async function send(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...init.headers, ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
    let response: Response;
    try {
      response = await fetch(new URL(`/api/v1${path}`, server), { ...init, headers });
    } catch (error) {
      throw new CliError(`The CLI cannot reach ${server}. Check --server and the network.`, { cause: error });
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }
  async function request({ method, path, body, contentType = 'application/json', ifMatch }: ApiRequest): Promise<ApiAnswer> {
    const headers = {
      ...(body === undefined ? {} : { 'content-type': contentType }),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
    };
    const text = typeof body === 'object' ? JSON.stringify(body) : body;
    const response = await send(path, { method, headers, ...(text === undefined ? {} : { body: text }) });
    return { json: (await response.json()) as Json, etag: response.headers.get('etag') };
  }
  const get = async (path: string) => (await request({ method: 'GET', path })).json;
  return {
    request,
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
    post: async (path, body = {}) => (await request({ method: 'POST', path, body })).json,
    events: async function* events(path) {
      yield* readEvents(await send(path));
    },
    text: async (path) => (await send(path)).text(),
  };
}

async function refusal(response: Response): Promise<CliError> {
  if (!(response.headers.get('content-type') ?? '').includes('json')) {
    return new ApiProblem(`The server answered ${response.status}. Is --server the address of Entrada?`, null);
  }
  const { title, detail, remedy, code, field } = (await response.json()) as Readonly<Record<string, string | undefined>>;
  const where = field === undefined ? undefined : `Field: ${field}.`;
  return new ApiProblem(
    [title ?? `The server answered ${response.status}.`, detail, where, remedy, `(${code ?? response.status})`]
      .filter(Boolean)
      .join(' '),
    code ?? null,
  );
}

/** The `data` of each event (HTML Living Standard, 9.2.6), in the form that Entrada sends: one line of JSON. */
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
