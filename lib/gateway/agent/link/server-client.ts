import type { z } from 'zod';
import type { Problem } from '#lib/domain/problem.ts';
import { readProblem } from '#lib/gateway/lenient-problem.ts';
import { signProof } from '#lib/gateway/proof.ts';
import {
  AckAnswer,
  type AckRequest,
  EventsAnswer,
  type EventsRequest,
  RegisterAnswer,
  type RegisterRequest,
  ResultAnswer,
  type ResultRequest,
  StatusAnswer,
  type StatusRequest,
  StreamMessage,
  TokenCacheAnswer,
  type TokenCacheRequest,
} from '#lib/gateway/protocol.ts';
import { GATEWAY_PATH } from '#lib/gateway/version.ts';
import type { Clock } from '#lib/platform/clock.ts';
import { AppError, RemoteError } from '#lib/platform/errors.ts';
import type { GatewayKeys } from '../folder/keys.ts';
import { LINK_TIMES } from './link-times.ts';
import { readLines } from './read-lines.ts';
import type { ServerAnswer, ServerConnection } from './server-connection.ts';

/** The requests of a gateway, each with a proof by its key. One attempt each: the caller decides on retries. Errors are AppErrors. */
export interface ServerClient {
  /** Checks that the server is reachable and accepts this gateway's proofs; changes nothing. Before the registration: only that it is reachable. */
  hello(signal: AbortSignal): Promise<void>;
  register(request: RegisterRequest, signal: AbortSignal): Promise<RegisterAnswer>;
  status(request: StatusRequest, signal: AbortSignal): Promise<StatusAnswer>;
  /** Messages in order; omits kinds that this version does not know. Ends when the server ends the stream. */
  stream(instance: string, signal: AbortSignal): AsyncIterable<StreamMessage>;
  ack(commandId: string, request: AckRequest, signal: AbortSignal): Promise<AckAnswer>;
  events(commandId: string, request: EventsRequest, signal: AbortSignal): Promise<EventsAnswer>;
  result(commandId: string, request: ResultRequest, signal: AbortSignal): Promise<z.infer<typeof ResultAnswer>>;
  tokenCache(commandId: string, request: TokenCacheRequest, signal: AbortSignal): Promise<TokenCacheAnswer>;
}

export interface ServerClientDeps {
  readonly server: string;
  readonly connection: ServerConnection;
  readonly keys: GatewayKeys;
  /** Null before the registration. */
  readonly gatewayId: string | null;
  readonly clock: Clock;
  /** A stream that is silent for this long is broken, milliseconds; `LINK_TIMES` unless given. */
  readonly silenceMs?: number;
}

export function createServerClient(deps: ServerClientDeps): ServerClient {
  const post = async <T>(
    path: string,
    schema: z.ZodType<T>,
    { body, signal }: { body: unknown; signal: AbortSignal },
  ): Promise<T> => {
    const sent = JSON.stringify(body);
    const headers = { ...(await proof(deps, 'POST', path, sent)), 'content-type': 'application/json' };
    const answer = await deps.connection.send({ method: 'POST', path: pathOf(path), headers, body: sent, signal });
    return parseAnswer(answer, schema, deps.server);
  };
  const about = (commandId: string, what: string): string => `commands/${encodeURIComponent(commandId)}/${what}`;
  return {
    async hello(signal) {
      if (deps.gatewayId === null) return requireHealthy(await deps.connection.send({ ...HEALTH, signal }), deps.server);
      try {
        await post(about('none', 'ack'), AckAnswer, { body: { attempt: 1, instance: 'hello-of-a-gateway' }, signal });
      } catch (error) {
        // Only a server that has accepted the gateway's proof answers that the command does not exist.
        if (!(error instanceof AppError) || !NO_COMMAND.has(error.code)) throw error;
      }
    },
    register: (body, signal) => post('register', RegisterAnswer, { body, signal }),
    status: (body, signal) => post('status', StatusAnswer, { body, signal }),
    ack: (id, body, signal) => post(about(id, 'ack'), AckAnswer, { body, signal }),
    events: (id, body, signal) => post(about(id, 'events'), EventsAnswer, { body, signal }),
    result: (id, body, signal) => post(about(id, 'result'), ResultAnswer, { body, signal }),
    tokenCache: (id, body, signal) => post(about(id, 'token-cache'), TokenCacheAnswer, { body, signal }),
    async *stream(instance, signal) {
      const path = `stream?instance=${encodeURIComponent(instance)}`;
      const headers = await proof(deps, 'GET', path, '');
      const opened = await deps.connection.open(
        { method: 'GET', path: pathOf(path), headers, signal },
        deps.silenceMs ?? LINK_TIMES.silenceMs,
      );
      if ('answer' in opened) throw refused(opened.answer, deps.server);
      for await (const line of readLines(opened.pieces)) {
        const message = StreamMessage.safeParse(parseJson(line));
        if (message.success) yield message.data;
      }
    },
  };
}

const HEALTH = { method: 'GET', path: '/api/health', headers: {} } as const;
const NO_COMMAND: ReadonlySet<string> = new Set([
  'not-found',
  'gateway-command-over',
  'gateway-handed-over',
  'gateway-not-yours',
]);

function requireHealthy(answer: ServerAnswer, server: string): void {
  if (answer.status !== 200) throw refused(answer, server);
}

function pathOf(path: string): string {
  return `${GATEWAY_PATH}/${path}`;
}

async function proof(deps: ServerClientDeps, method: string, path: string, body: string): Promise<{ authorization: string }> {
  const { gatewayId, keys, clock } = deps;
  const by = { privateKey: keys.signing.privateKey, now: clock.now() };
  const who = gatewayId === null ? { signingKey: keys.signing.publicKey } : { gatewayId };
  return { authorization: await signProof({ method, url: `${deps.server}${pathOf(path)}`, body }, { ...by, ...who }) };
}

function parseAnswer<T>(answer: ServerAnswer, schema: z.ZodType<T>, server: string): T {
  if (answer.status < 200 || answer.status > 299) throw refused(answer, server);
  const parsed = schema.safeParse(parseJson(answer.text));
  if (parsed.success) return parsed.data;
  throw notTheServer(answer, server);
}

/** Null for invalid JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The error of a failed request: the server's problem, if the server itself answered. */
function refused(answer: ServerAnswer, server: string): AppError {
  const body = parseJson(answer.text);
  if (typeof body !== 'object' || body === null || !('code' in body)) return notTheServer(answer, server);
  const problem = readProblem(body);
  return new RemoteError(problem, { retry: isPassing(answer.status, problem) ? 'backoff' : 'never' });
}

/** Retryable: each attempt has a new proof, and a clock can be corrected. */
function isPassing(status: number, { code }: Problem): boolean {
  return status >= 500 || status === 429 || status === 408 || (status === 401 && code !== 'gateway-unknown');
}

function notTheServer({ status, headers }: ServerAnswer, server: string): RemoteError {
  const type = headers['content-type']?.split(';')[0] ?? 'no content type';
  return new RemoteError(
    {
      code: 'answer-not-understood',
      title: `${server} sent an answer that is not from an Entrada server (status ${status}, ${type}).`,
      remedy: 'Check the address and the version of the server, and whether a proxy or a sign-in page answers in its place.',
      fixer: 'operator',
      reference: { httpStatus: status },
    },
    { retry: 'backoff' },
  );
}
