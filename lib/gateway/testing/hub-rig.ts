import { createHash, randomBytes } from 'node:crypto';
import { decodeJwt, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { PgBoss } from 'pg-boss';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished } from 'vitest';
import type { Clock } from '#lib/platform/clock.ts';
import { parseKeyRing } from '#lib/platform/crypto/crypto.ts';
import { newId } from '#lib/platform/id.ts';
import { createLog } from '#lib/platform/log.ts';
import { type Db, openDb } from '#lib/platform/postgres/db.ts';
import { createNotifications } from '#lib/platform/postgres/notifications.ts';
import { createSharedDatabase } from '#lib/platform/testing/database.ts';
import { GATEWAY_CHANNEL } from '#lib/store/gateway/commands.ts';
import { CommandPayload, type ResultPayload } from '../commands.ts';
import { decryptAtGateway, encryptReply } from '../encryption.ts';
import { authenticateGateway } from '../hub/authenticate.ts';
import { createCommandQueue, queueOf } from '../hub/command-queue.ts';
import { receiveAck, receiveEvents, receiveResult, receiveTokenCache } from '../hub/command-requests.ts';
import type { HubRequestContext } from '../hub/hub-context.ts';
import { register } from '../hub/register.ts';
import { receiveStatus } from '../hub/status.ts';
import { gatewayStream } from '../hub/stream.ts';
import { signProof } from '../proof.ts';
import { type Command, EncryptionKey, SigningKey, type StreamMessage } from '../protocol.ts';
import { GATEWAY_PATH, PROTOCOL_VERSION } from '../version.ts';

export const SERVER_URL = 'https://entrada.test';
export const SERVER_VERSION = '0.1.0';

export interface HubRig {
  readonly db: Db;
  readonly clock: { now(): Date; forward(ms: number): void };
  /** The hub of another web process; another one each time within a test. */
  hub(): HubRequestContext;
  /** Creates a gateway through the services; returns its registration key. */
  createGateway(name: string, groupId?: string): Promise<{ readonly id: string; readonly key: string }>;
  /** A registered gateway. */
  gateway(name: string, groupId?: string): Promise<TestGateway>;
  /** Does what the queue does after the end of a lease. */
  expireLeases(to: string): Promise<void>;
}

/** What all tests of a file share: a database, and what is connected to it. */
interface SharedParts {
  readonly db: Db;
  /** In the order in which a test asks for them. */
  readonly hubs: HubRequestContext[];
  openHub(): HubRequestContext;
  supervise(queue: string): Promise<void>;
  close(): Promise<void>;
}

const START_MS = Date.parse('2026-11-24T08:00:00Z');

/**
 * A database and hubs on it for all tests of the calling file: their connections take longer than a test. Each test begins with empty tables
 * and a clock that stands until it moves it.
 */
export function shareHubRig(): HubRig {
  let nowMs = START_MS;
  let used = 0;
  let shared: SharedParts | undefined;
  const parts = (): SharedParts => shared ?? expect.fail('the rig is for tests of its file');
  const clock = {
    now: () => new Date(nowMs),
    forward(ms: number) {
      nowMs += ms;
    },
  };
  beforeAll(async () => {
    shared = await openSharedParts(clock);
  });
  beforeEach(async () => {
    nowMs = START_MS;
    used = 0;
    await parts().db
      .$executeRaw`TRUNCATE gateway_groups, gateways, gateway_commands, gateway_events, gateway_proofs, audit_events, secrets CASCADE`;
    await parts().db.$executeRaw`DELETE FROM pgboss.job`;
  });
  afterAll(() => shared?.close());
  const createGateway: HubRig['createGateway'] = async (name, groupId) => {
    const key = `egk_${randomBytes(32).toString('base64url')}`;
    const registrationKeyHash = createHash('sha256').update(key).digest('base64url');
    const registrationKeyExpiresAt = new Date(nowMs + 24 * 3_600_000);
    const id = newId('gw');
    await parts().db.gateway.create({
      data: { id, name, registrationKeyHash, registrationKeyExpiresAt, groupId: groupId ?? null },
    });
    return { id, key };
  };
  return {
    get db() {
      return parts().db;
    },
    clock,
    hub: () => parts().hubs[used++] ?? parts().openHub(),
    createGateway,
    async gateway(name, groupId) {
      const { id, key } = await createGateway(name, groupId);
      const gateway = await createTestGateway(clock);
      await gateway.register(parts().hubs[0] ?? parts().openHub(), key);
      gateway.id = id;
      return gateway;
    },
    async expireLeases(to) {
      await parts().db.$executeRaw`UPDATE pgboss.job SET heartbeat_on = now() - interval '1 day' WHERE name = ${queueOf(to)}`;
      await parts().supervise(queueOf(to));
    },
  };
}

async function openSharedParts(clock: Clock): Promise<SharedParts> {
  const { url, drop } = await createSharedDatabase('migrated');
  const db = openDb(url, 5);
  const ring = parseKeyRing(`k1:${randomBytes(32).toString('base64')}`);
  const log = createLog('test', 'silent');
  const boss = new PgBoss({ connectionString: url, max: 1, supervise: false, schedule: false });
  boss.on('error', () => undefined);
  await boss.start();
  const hubs: HubRequestContext[] = [];
  return {
    ...{ db, hubs },
    openHub() {
      const commands = createCommandQueue({ databaseUrl: url, log });
      const notifications = createNotifications({ databaseUrl: url, channel: GATEWAY_CHANNEL, onError: () => undefined });
      const hub = { db, ring, clock, log, commands, notifications, baseUrl: SERVER_URL, serverVersion: SERVER_VERSION };
      hubs.push(hub);
      return hub;
    },
    supervise: (queue) => boss.supervise(queue),
    async close() {
      for (const { notifications, commands } of hubs) {
        await notifications.stop();
        await commands.stop();
      }
      await boss.stop({ graceful: false });
      await db.$disconnect();
      await drop();
    },
  };
}

/** The HTTP requests of a gateway's process, one by one; each is sent to the given hub, as a load balancer would choose one. */
export interface TestGateway {
  id: string;
  instance: string;
  readonly signingKey: SigningKey;
  register(hub: HubRequestContext, key: string): Promise<unknown>;
  /** The header of a request; tests may send it twice. */
  sign(method: string, path: string, body?: string, at?: Date): Promise<string>;
  /** Like `sign`, with this version of the protocol. */
  signAs(protocol: string, method: string, path: string, body?: string): Promise<string>;
  status(hub: HubRequestContext, over?: object): Promise<unknown>;
  open(hub: HubRequestContext): OpenedStream;
  /** The command, decrypted. */
  payload(command: Command): Promise<CommandPayload>;
  post(
    hub: HubRequestContext,
    commandId: string,
    what: 'ack' | 'events' | 'result' | 'token-cache',
    body: object,
  ): Promise<unknown>;
  /** Ends a command with this result, after sending these events. */
  answer(hub: HubRequestContext, command: Command, result: ResultPayload, events?: readonly unknown[]): Promise<void>;
}

export interface OpenedStream {
  /** The next message that is not a keep-alive. */
  next(): Promise<StreamMessage | null>;
  command(): Promise<Command>;
  close(): Promise<void>;
}

const HANDLERS = { ack: receiveAck, events: receiveEvents, result: receiveResult, 'token-cache': receiveTokenCache } as const;

export async function createTestGateway(clock: { now(): Date }): Promise<TestGateway> {
  const signing = await generateKeyPair('EdDSA', { extractable: true });
  const encryption = await generateKeyPair('ECDH-ES+A256KW', { crv: 'X25519', extractable: true });
  const signingKey = SigningKey.parse(await exportJWK(signing.publicKey));
  const privateKey = await exportJWK(signing.privateKey);
  const decryptionKey: JWK = await exportJWK(encryption.privateKey);
  const facts = { version: SERVER_VERSION, protocol: PROTOCOL_VERSION, hostName: 'plant-1', operatingSystem: 'Linux' };
  const gateway: TestGateway = {
    id: '',
    instance: randomBytes(12).toString('hex'),
    signingKey,
    async register(hub, registrationKey) {
      const encryptionKey = EncryptionKey.parse(await exportJWK(encryption.publicKey));
      const body = JSON.stringify({ ...facts, registrationKey, signingKey, encryptionKey });
      const path = `${GATEWAY_PATH}/register`;
      const request = { method: 'POST', url: `${SERVER_URL}${path}`, body };
      const authorization = await signProof(request, { privateKey, signingKey, now: clock.now() });
      return register(hub, { method: 'POST', path, body, authorization });
    },
    sign: (method, path, body = '', at = clock.now()) =>
      signProof({ method, url: `${SERVER_URL}${path}`, body }, { privateKey, gatewayId: gateway.id, now: at }),
    async signAs(protocol, method, path, body = '') {
      const claims = decodeJwt((await gateway.sign(method, path, body)).replace('Gateway ', ''));
      const header = { alg: 'EdDSA', typ: 'gateway-proof+jwt', kid: gateway.id };
      const key = await importJWK(privateKey, 'EdDSA');
      return `Gateway ${await new SignJWT({ ...claims, protocol }).setProtectedHeader(header).sign(key)}`;
    },
    async status(hub, over = {}) {
      const startedAt = clock.now().toISOString();
      const body = JSON.stringify({ ...facts, instance: gateway.instance, startedAt, draining: false, working: [], ...over });
      return receiveStatus(hub, await authenticate(hub, 'POST', '/status', body), body);
    },
    open: (hub) => openStream(hub, authenticate(hub, 'GET', `/stream?instance=${gateway.instance}`, ''), gateway.instance),
    async payload({ id, payload }) {
      return CommandPayload.parse(await decryptAtGateway(decryptionKey, `command/${id}`, payload));
    },
    async post(hub, commandId, what, value) {
      const body = JSON.stringify(value);
      const by = await authenticate(hub, 'POST', `/commands/${commandId}/${what}`, body);
      return HANDLERS[what](hub, { gateway: by, commandId, body });
    },
    async answer(hub, command, result, events = []) {
      const { id, attempt } = command;
      const { replyKey } = await gateway.payload(command);
      await gateway.post(hub, id, 'ack', { attempt, instance: gateway.instance });
      if (events.length > 0) {
        const jwe = await encryptReply(replyKey, `events/${id}/${attempt}/1`, events);
        await gateway.post(hub, id, 'events', { attempt, first: 1, count: events.length, events: jwe });
      }
      const jwe = await encryptReply(replyKey, `result/${id}/${attempt}`, result);
      await gateway.post(hub, id, 'result', { kind: 'ended', attempt, events: events.length, result: jwe });
    },
  };
  async function authenticate(hub: HubRequestContext, method: string, path: string, body: string) {
    const at = `${GATEWAY_PATH}${path}`;
    return authenticateGateway(hub, { method, path: at, body, authorization: await gateway.sign(method, at, body) });
  }
  return gateway;
}

function openStream(
  hub: HubRequestContext,
  authenticated: ReturnType<typeof authenticateGateway>,
  instance: string,
): OpenedStream {
  const closed = new AbortController();
  const opened = authenticated.then((gateway) => gatewayStream(hub, { gateway, instance }, closed.signal));
  const next = async (): Promise<StreamMessage | null> => {
    const { done, value } = await (await opened).next();
    if (done === true) return null;
    return value.kind === 'keep-alive' ? next() : value;
  };
  onTestFinished(() => closed.abort());
  return {
    next,
    async command() {
      for (let message = await next(); message !== null; message = await next())
        if (message.kind === 'command') return message.command;
      throw new Error('the stream ended');
    },
    async close() {
      closed.abort();
      await (await opened).return(undefined);
    },
  };
}
