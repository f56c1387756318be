import 'server-only';
import { z } from 'zod';
import type { Role } from '#lib/domain/account/role.ts';
import { InvalidInputError } from '#lib/platform/errors.ts';
import { requireRole } from '#lib/services/require-role.ts';
import type { ApiContext } from '../context.ts';
import { defineRoute, readBody } from '../route.ts';

/** One operation of the API: what a route handler checks, and what /api/v1/openapi.json says of it. */
export interface Operation<P extends z.ZodType = z.ZodType, Q extends z.ZodType = z.ZodType, B extends z.ZodType = z.ZodType> {
  /** `operationId`. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** As in OpenAPI: `/api/v1/runs/{runId}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Needs `If-Match` with the entity tag of the version that an edit was made from. */
  readonly ifMatch?: true;
  /** The least one that may call it. */
  readonly role: Role;
  readonly params: P;
  readonly query: Q;
  /** Null: none is read. */
  readonly body: B | null;
  /** Other than JSON, where `body` is the text itself. */
  readonly bodyTypes?: readonly string[];
  readonly response: {
    readonly status: 200 | 201 | 202;
    readonly description: string;
    /** Null: not JSON, see `types`. */
    readonly schema: z.ZodType | null;
    /** Media types of an answer that is not JSON. */
    readonly types?: readonly string[];
  };
}

const NONE = z.object({});

/** Describes an operation; members that are left out mean that it has none. */
export function describeOperation<
  P extends z.ZodType = typeof NONE,
  Q extends z.ZodType = typeof NONE,
  B extends z.ZodType = typeof NONE,
>(
  operation: Omit<Operation<P, Q, B>, 'params' | 'query' | 'body'> & {
    readonly params?: P;
    readonly query?: Q;
    readonly body?: B;
  },
): Operation<P, Q, B> {
  const { params = NONE as unknown as P, query = NONE as unknown as Q, body = null, ...rest } = operation;
  return { ...rest, params, query, body };
}

/** What a handler is given: parsed as the operation describes it. */
export interface Called<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly request: Request;
}

/** The route handler of an operation: checks the role, then parses what it describes, calls `run`, answers with its status. */
export function operate<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  operation: Operation<P, Q, B>,
  run: (ctx: ApiContext, called: Called<z.output<P>, z.output<Q>, z.output<B>>) => Promise<unknown>,
) {
  return defineRoute<Readonly<Record<string, string>> | undefined>(async (ctx, request, given) => {
    requireRole(ctx, operation.role, operation.method === 'GET' ? 'reads' : 'changes');
    // Next gives a route without segments none at all.
    const params = operation.params.parse(given ?? {});
    const query = operation.query.parse(Object.fromEntries(new URL(request.url).searchParams));
    const answer = await run(ctx, { params, query, body: await bodyOf(operation, request), request });
    if (answer instanceof Response) return answer;
    return Response.json(answer, { status: operation.response.status, headers: { 'cache-control': 'no-store' } });
  });
}

/** Longest text that is taken as a body, bytes. */
const TEXT_BYTES_MAX = 64 * 2 ** 20;

async function bodyOf<B extends z.ZodType>(
  { body, bodyTypes }: Operation<z.ZodType, z.ZodType, B>,
  request: Request,
): Promise<z.output<B>> {
  if (body === null) return NONE.parse({}) as z.output<B>;
  if (bodyTypes === undefined) return readBody(request, body);
  const announced = Number(request.headers.get('content-length') ?? 0);
  if (announced > TEXT_BYTES_MAX) throw tooLarge();
  const received = await request.arrayBuffer();
  if (received.byteLength < announced) throw cutOff(received.byteLength, announced);
  return body.parse(new TextDecoder().decode(received));
}

function tooLarge(): InvalidInputError {
  return new InvalidInputError({ code: 'body-too-large', title: 'The body of the request is larger than 64 MB.', fixer: 'you' });
}

/** What lies before the route may cut a body: half a file must not be taken for the whole. */
function cutOff(received: number, announced: number): InvalidInputError {
  return new InvalidInputError({
    code: 'body-cut-off',
    title: `Only ${received} of ${announced} bytes of the request arrived.`,
    remedy: 'Send it again. A reverse proxy before Entrada may limit the size of requests.',
    fixer: 'operator',
  });
}
