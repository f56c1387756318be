import 'server-only';
import { unstable_rethrow } from 'next/navigation';
import type { z } from 'zod';
import { isForeignOrigin } from '#lib/auth/session/origin.ts';
import type { Problem } from '#lib/domain/problem.ts';
import { PROBLEM_STATUS } from '#lib/domain/problem-code.ts';
import { AppError, InvalidInputError } from '#lib/platform/errors.ts';
import { isNestedDeeper, JSON_DEPTH_MAX } from '#lib/platform/json-depth.ts';
import { composition } from './composition.ts';
import { type ApiContext, getApiContext } from './context.ts';
import { toActionError } from './to-problem.ts';

/** Creates a route handler: finds the actor, answers the result of `run` as JSON (a Response unchanged), and problems as RFC 9457. */
export function defineRoute<P>(
  run: (ctx: ApiContext, request: Request, params: P) => Promise<unknown>,
): (request: Request, route: { params: Promise<P> }) => Promise<Response> {
  return (request, { params }) =>
    answerOrProblem(async () => {
      const ctx = await getApiContext(request);
      refuseForeignOrigin(ctx, request);
      const answer = await run(ctx, request, await params);
      return answer instanceof Response ? answer : Response.json(answer);
    });
}

/** The answer of `run`; an error becomes a problem document. */
export async function answerOrProblem(run: () => Promise<Response>): Promise<Response> {
  try {
    return await run();
  } catch (error) {
    unstable_rethrow(error);
    return problemResponse(toActionError(error));
  }
}

/** The JSON body of a request, parsed; an empty body counts as `{}`. @throws InvalidInputError `not-json`, `too-deep`; ZodError */
export async function readBody<S extends z.ZodType>(request: Request, schema: S): Promise<z.output<S>> {
  const text = await request.text();
  if (isNestedDeeper(text)) throw tooDeep();
  try {
    return schema.parse(text === '' ? {} : JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const problem = { code: 'not-json', title: 'The body of the request is not JSON.', fixer: 'you' } as const;
    throw new InvalidInputError(problem, { cause: error });
  }
}

function tooDeep(): InvalidInputError {
  return new InvalidInputError({
    code: 'too-deep',
    title: `The body of the request is nested more than ${JSON_DEPTH_MAX} levels deep.`,
    fixer: 'you',
  });
}

/** Problem Details (RFC 9457): `type` identifies the problem code, the other members of the problem are extension members. */
export function problemResponse(problem: Problem): Response {
  const status = PROBLEM_STATUS[problem.code];
  const { code, title, ...rest } = problem;
  return Response.json(
    { type: `urn:entrada:problem:${code}`, title, status, code, ...rest },
    { status, headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' } },
  );
}

/** A page of another site has no bearer token; a browser adds cookies by itself, so other requests need a matching origin. */
function refuseForeignOrigin({ actor }: ApiContext, request: Request): void {
  if (actor.kind === 'apiToken' || !isForeignOrigin(request, composition().env.baseUrl)) return;
  throw new AppError({
    code: 'foreign-origin',
    title: 'This request does not come from a page of Entrada.',
    remedy: 'Send an API token in the Authorization header, or use the page.',
    fixer: 'you',
  });
}
