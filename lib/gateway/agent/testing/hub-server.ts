import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { PROBLEM_STATUS } from '#lib/domain/problem-code.ts';
import { authenticateGateway, type SignedRequest } from '#lib/gateway/hub/authenticate.ts';
import { receiveAck, receiveEvents, receiveResult, receiveTokenCache } from '#lib/gateway/hub/command-requests.ts';
import type { HubRequestContext } from '#lib/gateway/hub/hub-context.ts';
import { type HubConnections, openHub } from '#lib/gateway/hub/open-hub.ts';
import { register } from '#lib/gateway/hub/register.ts';
import { receiveStatus } from '#lib/gateway/hub/status.ts';
import { gatewayStream } from '#lib/gateway/hub/stream.ts';
import { GATEWAY_PATH } from '#lib/gateway/version.ts';
import { toProblem } from '#lib/platform/errors.ts';
import { listHeldCommands } from '#lib/store/gateway/commands.ts';

/** The gateway routes on the real hub, without Next.js. */
export interface HubServer {
  readonly port: number;
  /** Addresses that requests came from. */
  readonly callers: ReadonlySet<string>;
  /** What the queue does once the leases of a gateway ran out. */
  loseLeases(gatewayId: string): Promise<void>;
  /** As a web process that stops: connections are cut. */
  stop(): Promise<void>;
}

export interface HubServerOptions {
  readonly ctx: Omit<HubRequestContext, 'commands' | 'notifications' | 'baseUrl'>;
  readonly databaseUrl: string;
  readonly host?: string;
  /** 0: any free one. */
  readonly port: number;
  /** Origin that gateways know, from the port that is listened on. */
  readonly baseUrl: (port: number) => string;
  readonly tls?: { readonly cert: string; readonly key: string };
}

const HANDLERS = { ack: receiveAck, events: receiveEvents, result: receiveResult, 'token-cache': receiveTokenCache } as const;

export async function startHubServer(options: HubServerOptions): Promise<HubServer> {
  const connections = openHub({ databaseUrl: options.databaseUrl, log: options.ctx.log });
  const callers = new Set<string>();
  const stopping = new AbortController();
  const hub = (): HubRequestContext => ({ ...options.ctx, ...partsOf(connections), baseUrl: options.baseUrl(port) });
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    callers.add(request.socket.remoteAddress ?? '');
    answer(hub(), request, response, stopping.signal).catch(() => response.destroy());
  };
  const server = options.tls === undefined ? createServer(handle) : createTlsServer(options.tls, handle);
  const port = await listen(server, options);
  return {
    port,
    callers,
    async loseLeases(gatewayId) {
      for (const job of await listHeldCommands(options.ctx.db, gatewayId)) await connections.commands.giveBack(job);
    },
    async stop() {
      stopping.abort();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await connections.stop();
    },
  };
}

function partsOf({ commands, notifications }: HubConnections) {
  return { commands, notifications };
}

async function listen(server: Server, { port, host = '127.0.0.1' }: HubServerOptions): Promise<number> {
  await new Promise<void>((done) => server.listen(port, host, done));
  return (server.address() as AddressInfo).port;
}

async function answer(
  hub: HubRequestContext,
  request: IncomingMessage,
  response: ServerResponse,
  stopping: AbortSignal,
): Promise<void> {
  const body = (await request.toArray()).join('');
  const { method = '', url: path = '', headers } = request;
  const signed = { method, path, body, authorization: headers.authorization ?? null };
  try {
    const at = path.slice(GATEWAY_PATH.length + 1);
    if (at.startsWith('stream?')) return await stream(hub, signed, { response, stopping });
    const value = at === 'register' ? await register(hub, signed) : await receive(hub, signed, at);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  } catch (error) {
    const problem = toProblem(error);
    const status = PROBLEM_STATUS[problem.code];
    response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
  }
}

async function receive(hub: HubRequestContext, signed: SignedRequest, at: string): Promise<unknown> {
  const gateway = await authenticateGateway(hub, signed);
  if (at === 'status') return receiveStatus(hub, gateway, signed.body);
  const [, commandId = '', what = ''] = at.split('/');
  return HANDLERS[what as keyof typeof HANDLERS](hub, { gateway, commandId, body: signed.body });
}

async function stream(
  hub: HubRequestContext,
  signed: SignedRequest,
  { response, stopping }: { readonly response: ServerResponse; readonly stopping: AbortSignal },
): Promise<void> {
  const gateway = await authenticateGateway(hub, signed);
  const instance = new URL(signed.path, 'http://hub').searchParams.get('instance') ?? '';
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  for await (const message of gatewayStream(hub, { gateway, instance }, AbortSignal.any([stopping, gone.signal])))
    response.write(`${JSON.stringify(message)}\n`);
  response.end();
}
