import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CommandName, type CommandPayload, EventsPayload, ResultPayload, TokenCachePayload } from '#lib/gateway/commands.ts';
import { decryptReply, encryptReply, encryptToGateway, newReplyKey } from '#lib/gateway/encryption.ts';
import { isProofOf, readProofHeader, verifySignature } from '#lib/gateway/proof.ts';
import {
  AckRequest,
  type Command,
  type EncryptionKey,
  EventsRequest,
  RegisterRequest,
  ResultRequest,
  type SigningKey,
  StatusRequest,
  type StreamMessage,
  TokenCacheRequest,
} from '#lib/gateway/protocol.ts';
import { GATEWAY_PATH, PROTOCOL_VERSION } from '#lib/gateway/version.ts';
import { currentTraceparent } from '#lib/platform/tracing/span.ts';

/** State of a command at the hub. */
export interface FakeCommand {
  readonly id: string;
  /** Its decrypted events, by attempt. */
  readonly events: Map<number, unknown[]>;
  /** Its results in order of arrival. */
  readonly results: ({ readonly attempt: number } & ({ readonly handedBack: true } | { readonly payload: ResultPayload }))[];
  readonly acks: string[];
  /** Resolves with the first result that is not a hand-back. */
  readonly ended: Promise<ResultPayload>;
  /** Sends it again, as a new attempt. */
  again(): void;
}

/** A server that implements the protocol and keeps everything in memory. */
export interface FakeHub {
  readonly url: string;
  readonly port: number;
  readonly statuses: StatusRequest[];
  /** The one token cache for all commands. */
  tokenCache: { version: number; cache: string };
  send(name: CommandName, input: unknown): Promise<FakeCommand>;
  say(message: StreamMessage): void;
  /** Refuses requests whose path contains the text, with this status and problem code; null ends it. */
  refuse(what: { readonly path: string; readonly status: number; readonly code: string } | null): void;
  /** Resolves when a gateway has a stream open. */
  connected(): Promise<void>;
  close(): Promise<void>;
}

interface Held extends FakeCommand {
  readonly command: Command;
  readonly replyKey: string;
  attempt: number;
  end(payload: ResultPayload): void;
}

export const REGISTRATION_KEY = 'egk_one-time-registration-key';

export async function startFakeHub(): Promise<FakeHub> {
  const hub = new Hub();
  await hub.listen();
  return hub;
}

class Hub implements FakeHub {
  readonly statuses: StatusRequest[] = [];
  tokenCache = { version: 1, cache: '{}' };
  readonly #commands = new Map<string, Held>();
  readonly #server = createServer((request, response) => void this.#handle(request, response));
  #keys: { readonly signing: SigningKey; readonly encryption: EncryptionKey } | null = null;
  #stream: ServerResponse | null = null;
  #refusal: Parameters<FakeHub['refuse']>[0] = null;
  #waiting: (() => void)[] = [];
  #sent = 0;

  async listen(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async send(name: CommandName, input: unknown): Promise<FakeCommand> {
    if (this.#keys === null) throw new TypeError('no gateway has registered');
    const id = `gcmd_${++this.#sent}`;
    const replyKey = newReplyKey();
    const traceparent = currentTraceparent();
    const plain: CommandPayload = { input, replyKey, ...(traceparent === null ? {} : { traceparent }) };
    const payload = await encryptToGateway(this.#keys.encryption, `command/${id}`, plain);
    const { promise: ended, resolve: end } = Promise.withResolvers<ResultPayload>();
    const again = (): void => {
      held.attempt++;
      this.#deliver(held);
    };
    const held: Held = {
      ...{ id, replyKey, ended, end, again, attempt: 1, events: new Map(), results: [], acks: [] },
      command: { id, name, attempt: 1, deadlineAt: null, payload },
    };
    this.#commands.set(id, held);
    this.#deliver(held);
    return held;
  }

  say(message: StreamMessage): void {
    this.#stream?.write(`${JSON.stringify(message)}\n`);
  }

  refuse(what: Parameters<FakeHub['refuse']>[0]): void {
    this.#refusal = what;
  }

  async connected(): Promise<void> {
    if (this.#stream === null) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  #deliver({ command, attempt }: Held): void {
    this.say({ kind: 'command', command: { ...command, attempt } });
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await request.toArray()).join('');
    const [path = ''] = (request.url ?? '').slice(GATEWAY_PATH.length + 1).split('?');
    const answer = (status: number, value: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    if (request.url === '/api/health') return answer(200, { status: 'ok' });
    const refused = (await this.#checkProof(request, body)) ?? this.#refusalOf(path);
    if (refused !== null) return answer(refused.status, { code: refused.code, title: 'Refused.' });
    if (path === 'stream') return this.#open(response);
    const input: unknown = JSON.parse(body);
    const done =
      path === 'register' ? this.#register(input) : path === 'status' ? this.#status(input) : await this.#about(path, input);
    answer(done === null ? 409 : 200, done ?? { code: 'gateway-handed-over', title: 'Another attempt has it.' });
  }

  async #checkProof(request: IncomingMessage, body: string) {
    const proof = readProofHeader(request.headers.authorization ?? null);
    if (proof === null) return { status: 401, code: 'gateway-proof-missing' };
    const key = 'signingKey' in proof.of ? proof.of.signingKey : this.#keys?.signing;
    const claims = key === undefined ? null : await verifySignature(proof.jwt, key);
    const { method = '', url = '' } = request;
    const origin = `http://${request.headers.host}`;
    if (claims !== null && isProofOf(claims, { method, url: `${origin}${url}`, body })) return null;
    return { status: 401, code: 'gateway-proof-forged' };
  }

  #refusalOf(path: string) {
    return this.#refusal !== null && path.includes(this.#refusal.path) ? this.#refusal : null;
  }

  #open(response: ServerResponse): void {
    this.#stream?.end();
    this.#stream = response;
    response.on('close', () => {
      if (this.#stream === response) this.#stream = null;
    });
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    this.say({ kind: 'welcome', gatewayId: 'gate_1', serverVersion: '1.0.0', protocol: PROTOCOL_VERSION });
    for (const held of this.#commands.values()) if (held.results.length === 0) this.#deliver(held);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #register(input: unknown) {
    const { signingKey, encryptionKey, registrationKey } = RegisterRequest.parse(input);
    if (registrationKey !== REGISTRATION_KEY) return null;
    this.#keys = { signing: signingKey, encryption: encryptionKey };
    return { gatewayId: 'gate_1', name: 'Branch', serverVersion: '1.0.0', protocol: PROTOCOL_VERSION };
  }

  #status(input: unknown) {
    this.statuses.push(StatusRequest.parse(input));
    const serverTime = new Date().toISOString();
    return {
      ...{ gatewayId: 'gate_1', name: 'Branch', serverVersion: '1.0.0', protocol: PROTOCOL_VERSION },
      ...{ serverTime, upgradeAvailable: false },
    };
  }

  /** Null: the message belongs to an attempt that has ended. */
  async #about(path: string, input: unknown): Promise<unknown> {
    const [, id = '', what] = path.split('/');
    const held = this.#commands.get(id);
    const { attempt } = input as { readonly attempt: number };
    if (held === undefined || held.attempt !== attempt) return null;
    if (what === 'ack') held.acks.push(AckRequest.parse(input).instance);
    if (what === 'events') return this.#events(held, EventsRequest.parse(input));
    if (what === 'result') return this.#result(held, ResultRequest.parse(input));
    if (what === 'token-cache') return this.#cache(held, TokenCacheRequest.parse(input));
    return { stop: null };
  }

  async #events(held: Held, { attempt, first, events: sealed }: EventsRequest) {
    const events = held.events.get(attempt) ?? [];
    held.events.set(attempt, events);
    const batch = EventsPayload.parse(await decryptReply(held.replyKey, `events/${held.id}/${attempt}/${first}`, sealed));
    if (first === events.length + 1) events.push(...batch);
    return { stop: null, received: events.length };
  }

  async #result(held: Held, request: ResultRequest) {
    const { attempt } = request;
    if (request.kind === 'handed-back') held.results.push({ attempt, handedBack: true });
    else {
      const plain = await decryptReply(held.replyKey, `result/${held.id}/${attempt}`, request.result);
      const payload = ResultPayload.parse(plain);
      held.results.push({ attempt, payload });
      held.end(payload);
    }
    return { accepted: true };
  }

  async #cache(held: Held, request: TokenCacheRequest) {
    const { version } = this.tokenCache;
    const saves = request.kind === 'save' && request.version === version;
    if (saves) {
      const plain = await decryptReply(held.replyKey, `token-cache/${held.id}`, request.cache);
      this.tokenCache = { version: version + 1, ...TokenCachePayload.parse(plain) };
      return { saved: true, version: version + 1, cache: null };
    }
    const cache = await encryptReply(held.replyKey, `token-cache/${held.id}`, { cache: this.tokenCache.cache });
    return { saved: false, version, cache };
  }
}
