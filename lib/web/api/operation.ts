import 'server-only';
import { z } from 'zod';
import { actorKey, actorRef } from '#lib/domain/account/actor.ts';
import type { Role } from '#lib/domain/account/role.ts';
import { InvalidInputError } from '#lib/platform/errors.ts';
import { requireRole, type UseKind } from '#lib/services/require-role.ts';
import { requireConnectionOfToken } from '#lib/services/token/require-connection-of-token.ts';
import type { ApiContext } from '../context.ts';
import { answerOrProblem, defineRoute, readBody } from '../route.ts';
import { answerOnce } from './idempotency.ts';
import { countRequest, tooManyRequests, withRateHeaders } from './rate-limit.ts';

/** One operation of the API: what its route handler checks and /api/v1/openapi.json describes. */
export interface Operation<P extends z.ZodType = z.ZodType, Q extends z.ZodType = z.ZodType, B extends z.ZodType = z.ZodType> {
  /** `operationId` of OpenAPI. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** In OpenAPI's form: `/api/v1/runs/{runId}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Requires `If-Match` with the entity tag of the version that an edit is based on. */
  readonly ifMatch?: true;
  /** The least role that may call it. */
  readonly role: Role;
  /** The kind of use, which decides on the scope that an API token needs; default: `reads` for GET, `changes` for other methods. */
  readonly use?: UseKind;
  /** Also allowed for tokens with a single connection, although it names none: it shows nothing of other connections. */
  readonly anyConnection?: true;
  readonly params: P;
  readonly query: Q;
  /** Null: the request has no body. */
  readonly body: B | null;
  /** Media types other than JSON, for which `body` parses the text itself. */
  readonly bodyTypes?: readonly string[];
  readonly response: {
    readonly status: 200 | 201 | 202;
    readonly description: string;
    /** Null: the answer is not JSON, see `types`. */
    readonly schema: z.ZodType | null;
    /** Media types of an answer that is not JSON. */
    readonly types?: readonly string[];
  };
}

const NONE = z.object({});

/** Describes an operation; omitted members default to none. */
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

/** Arguments of a handler, parsed as the operation describes them. */
export interface OperationInput<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly request: Request;
}

/** The route handler of an operation: checks the role, parses the request, calls `run`, and answers with the operation's status. */
export function operationRoute<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  operation: Operation<P, Q, B>,
  run: (ctx: ApiContext, called: OperationInput<z.output<P>, z.output<Q>, z.output<B>>) => Promise<unknown>,
) {
  return defineRoute<Readonly<Record<string, string>> | undefined>(async (ctx, request, given) => {
    const rate = countRequest(actorKey(actorRef(ctx.actor)), ctx.clock.now());
    const response = await answerOrProblem(async () => {
      if (!rate.allowed) throw tooManyRequests(rate);
      requireRole(ctx, operation.role, kindOf(operation));
      return answerOnce(ctx, request, () => answerOrProblem(() => respond(ctx, request, given)));
    });
    return withRateHeaders(response, rate);
  });

  async function respond(ctx: ApiContext, request: Request, given: Readonly<Record<string, string>> | undefined) {
    // Next passes no params to a route without dynamic segments.
    const params = operation.params.parse(given ?? {});
    const query = operation.query.parse(queryOf(ctx, operation, request));
    const body = await bodyOf(operation, request);
    const named = [body, query, params].filter((part) => typeof part === 'object' && part !== null);
    if (operation.anyConnection !== true) await requireConnectionOfToken(ctx, Object.assign({}, ...named));
    const answer = await run(ctx, { params, query, body, request });
    if (answer instanceof Response) return answer;
    return Response.json(answer, { status: operation.response.status, headers: { 'cache-control': 'no-store' } });
  }
}

/** The kind of use, which decides on the scope that an API token needs. */
export function kindOf({ method, use }: Pick<Operation, 'method' | 'use'>): UseKind {
  return use ?? (method === 'GET' ? 'reads' : 'changes');
}

/** The query; for a token with a single connection, lists are restricted to that connection. */
function queryOf({ actor }: ApiContext, { query }: Operation, request: Request): Record<string, string> {
  const given = Object.fromEntries(new URL(request.url).searchParams);
  const limited = actor.kind === 'apiToken' && actor.connectionId !== null && query instanceof z.ZodObject;
  return limited && 'connectionId' in query.shape ? { connectionId: actor.connectionId ?? '', ...given } : given;
}

/** Maximum size of a text body, bytes. */
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

/** A proxy may truncate a body; a part of a file must not be processed as the whole. */
function cutOff(received: number, announced: number): InvalidInputError {
  return new InvalidInputError({
    code: 'body-cut-off',
    title: `Only ${received} of ${announced} bytes of the request arrived.`,
    remedy:
      'Send the request again. If the problem persists, check whether a reverse proxy in front of Entrada limits the size of requests.',
    fixer: 'operator',
  });
}
