import type { Composition } from '../composition.ts';

type Handler = (request: Request, route: { params: Promise<Record<string, string> | undefined> }) => Promise<Response>;

const ROUTES = import.meta.glob<Record<string, Handler>>('/app/api/v1/**/route.ts');

export interface ApiCall {
  readonly token: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request with an API token to the route handler of a path, e.g. `POST /api/v1/tasks/task_1/runs`. */
export async function callRoute(call: string, { token, body, headers }: ApiCall): Promise<Response> {
  const [method = '', address = ''] = call.split(' ');
  const url = new URL(address, 'http://localhost:3000');
  const { file, params } = matchRoute(url.pathname);
  const handler = (await ROUTES[file]?.())?.[method];
  if (handler === undefined) throw new TypeError(`no handler for ${call}`);
  const request = new Request(url, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return handler(request, { params: Promise.resolve(params) });
}

/** Matches like Next.js: a static segment has priority over a dynamic one. */
function matchRoute(pathname: string): { readonly file: string; readonly params: Record<string, string> | undefined } {
  const segments = pathname.split('/').slice(1);
  const matches = Object.keys(ROUTES).filter((file) => {
    const parts = file.replace('/app/', '').replace('/route.ts', '').split('/');
    return parts.length === segments.length && parts.every((part, at) => part.startsWith('[') || part === segments[at]);
  });
  const [file] = matches.toSorted((a, b) => a.split('[').length - b.split('[').length);
  if (file === undefined) throw new TypeError(`no route for ${pathname}`);
  const parts = file.replace('/app/', '').split('/');
  const named = parts.flatMap((part, at) => (part.startsWith('[') ? [[part.slice(1, -1), segments[at] ?? '']] : []));
  return { file, params: named.length === 0 ? undefined : Object.fromEntries(named) };
}

/** Sign-in attempts that are never refused. */
export const NO_ATTEMPTS: Composition['attempts'] = { spend: async () => undefined, forgive: async () => undefined };
