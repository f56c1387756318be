import 'server-only';
import { clientAddress } from '#lib/auth/session/client-address.ts';
import { authenticateGateway, type SignedRequest } from '#lib/gateway/hub/authenticate.ts';
import type { HubRequestContext } from '#lib/gateway/hub/hub-context.ts';
import { GatewayRefusedError } from '#lib/gateway/hub/refusals.ts';
import { readProofHeader } from '#lib/gateway/proof.ts';
import { BODY_BYTES_MAX, type StreamMessage } from '#lib/gateway/protocol.ts';
import { InvalidInputError } from '#lib/platform/errors.ts';
import { findGatewayIdentity, type GatewayIdentity } from '#lib/store/gateway/gateway-identity.ts';
import { composition } from './composition.ts';
import { problemResponse } from './route.ts';
import { toActionError } from './to-problem.ts';

/** A request of a gateway with a valid proof. */
export interface GatewayRequest<P> {
  readonly gateway: GatewayIdentity;
  readonly request: Request;
  readonly body: string;
  readonly params: P;
}

type RouteHandler<P> = (request: Request, route: { params: Promise<P> }) => Promise<Response>;

/** Creates a route handler for gateways. Only a gateway's proof authenticates; sessions and API tokens do not count. */
export function defineGatewayRoute<P>(
  answer: (ctx: HubRequestContext, sent: GatewayRequest<P>) => Promise<unknown>,
): RouteHandler<P> {
  return defineSignedRoute(async (ctx, signed, { request, params }) => {
    const gateway = await authenticateGateway(ctx, signed);
    return answer(ctx, { gateway, request, body: signed.body, params });
  });
}

/** Like defineGatewayRoute for a sender that is not identified yet: `answer` checks the proof. */
export function defineSignedRoute<P>(
  answer: (
    ctx: HubRequestContext,
    signed: SignedRequest,
    sent: { readonly request: Request; readonly params: P },
  ) => Promise<unknown>,
): RouteHandler<P> {
  return async (request, route) => {
    const { hub, refusals } = composition().gateways;
    const address = clientAddress(request.headers);
    const authorization = request.headers.get('authorization');
    try {
      refusals.check(address);
      const { pathname, search } = new URL(request.url);
      // A request without a proof is refused before its body is read.
      const body = readProofHeader(authorization) === null ? '' : await readLimited(request);
      const signed = { method: request.method, path: `${pathname}${search}`, body, authorization };
      const value = await answer(hub, signed, { request, params: await route.params });
      return value instanceof Response ? value : Response.json(value, { headers: { 'cache-control': 'no-store' } });
    } catch (error) {
      if (error instanceof GatewayRefusedError)
        await refusals.note(error, { address, claimed: await claimedOf(hub, authorization) });
      return problemResponse(toActionError(error));
    }
  };
}

/** The gateway that a request claims to come from, for the audit trail. */
async function claimedOf({ db }: HubRequestContext, authorization: string | null): Promise<GatewayIdentity | null> {
  const of = readProofHeader(authorization)?.of;
  return of !== undefined && 'gatewayId' in of ? findGatewayIdentity(db, of.gatewayId) : null;
}

async function readLimited(request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > BODY_BYTES_MAX) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function tooLarge(): InvalidInputError {
  const title = `The body of the request is larger than ${BODY_BYTES_MAX / 2 ** 20} MB.`;
  return new InvalidInputError({ code: 'body-too-large', title, fixer: 'operator' });
}

const encoder = new TextEncoder();

/** A stream of lines, each a message as JSON. Requests the next message after the reader took the previous one. */
export function lineResponse(request: Request, source: (signal: AbortSignal) => AsyncGenerator<StreamMessage>): Response {
  const gone = new AbortController();
  const messages = source(AbortSignal.any([request.signal, gone.signal]));
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await messages.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
    },
    async cancel() {
      gone.abort();
      await messages.return(undefined);
    },
  });
  return new Response(stream, {
    headers: {
      'content-type': 'application/x-ndjson',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  });
}
