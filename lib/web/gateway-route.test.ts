import { beforeEach, describe, expect, it, vi } from 'vitest';
import { gatewayState } from '#lib/domain/gateway/gateway.ts';
import { createRefusalLog } from '#lib/gateway/hub/refusal-log.ts';
import { BODY_BYTES_MAX, StreamMessage } from '#lib/gateway/protocol.ts';
import { shareHubRig, type TestGateway } from '#lib/gateway/testing/hub-rig.ts';
import { SERVER_RELEASE } from '#lib/services/gateway/server-release.ts';
import type { Composition } from './composition.ts';

let current: Composition | undefined;

vi.mock('server-only', () => ({}));
vi.mock('./composition.ts', () => ({ composition: () => current }));

/** Where the reverse proxy forwards requests: not the address that gateways use. */
const INTERNAL = 'http://10.0.0.5:3000';

type Handler = (request: Request, route: { params: Promise<Record<string, string>> }) => Promise<Response>;
const ROUTES = import.meta.glob<Readonly<Record<string, Handler>>>('/app/api/gateway/**/route.ts');

const rig = shareHubRig();
let gateway: TestGateway;

beforeEach(async () => {
  const hub = rig.hub();
  current = { gateways: { hub, refusals: createRefusalLog(hub) }, services: { log: hub.log } } as unknown as Composition;
  gateway = await rig.gateway('Plant');
});

/** Sends a request to the route that Next would choose. */
async function send(method: 'GET' | 'POST', path: string, authorization: string, body?: string): Promise<Response> {
  const at = ROUTES[`/app${path.split('?')[0]}/route.ts`] ?? ROUTES['/app/api/gateway/[...path]/route.ts'];
  const handler = (await at?.())?.[method];
  if (handler === undefined) throw new Error(`${method} ${path} is no route`);
  const init = { method, headers: { authorization }, ...(body === undefined ? {} : { body }) };
  return handler(new Request(`${INTERNAL}${path}`, init), { params: Promise.resolve({}) });
}

const STATUS = '/api/gateway/v1/status';
const statusBody = (over: object = {}) =>
  JSON.stringify({
    ...{ version: '0.1.0', protocol: '1.0', hostName: 'plant-1', operatingSystem: 'Linux', instance: gateway.instance },
    ...{ startedAt: rig.clock.now().toISOString(), draining: false, working: [], ...over },
  });

async function stateNow() {
  return gatewayState(await rig.db.gateway.findUniqueOrThrow({ where: { id: gateway.id } }), SERVER_RELEASE, rig.clock.now());
}

describe('routes of gateways', () => {
  it('take a proof for the public address behind a reverse proxy, and stream lines', async () => {
    const path = `/api/gateway/v1/stream?instance=${gateway.instance}`;
    const response = await send('GET', path, await gateway.sign('GET', path));
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    expect(response.headers.get('cache-control')).toContain('no-transform');
    const reader = response.body?.getReader();
    const first = await reader?.read();
    const line = new TextDecoder().decode(first?.value);
    expect(line.endsWith('\n')).toBe(true);
    expect(StreamMessage.parse(JSON.parse(line))).toMatchObject({ kind: 'welcome', gatewayId: gateway.id });
    expect(await stateNow()).toBe('connected');
    await reader?.cancel();
    expect(await stateNow()).toBe('disconnected');
  });

  it('work with every minor version, and put another major version into the state Unsupported version', async () => {
    const later = statusBody({ protocol: '1.7', inventedLater: true });
    const accepted = await send('POST', STATUS, await gateway.signAs('1.7', 'POST', STATUS, later), later);
    expect([accepted.status, await accepted.json()]).toEqual([200, expect.objectContaining({ protocol: '1.0' })]);
    expect(await stateNow()).toBe('disconnected');
    rig.clock.forward(60_000);
    const path = '/api/gateway/v2/status';
    const refused = await send('POST', path, await gateway.signAs('2.0', 'POST', path, '{}'), '{}');
    expect([refused.status, await refused.json()]).toEqual([
      409,
      expect.objectContaining({ code: 'gateway-version', detail: 'The gateway uses version 2.0, the server 1.0.' }),
    ]);
    expect(await stateNow()).toBe('unsupported-version');
    const { lastSeenAt } = await rig.db.gateway.findUniqueOrThrow({ where: { id: gateway.id } });
    expect(lastSeenAt, 'it is seen all the same').toEqual(rig.clock.now());
    // The gateway was upgraded.
    await send('POST', STATUS, await gateway.sign('POST', STATUS, statusBody()), statusBody());
    expect(await stateNow()).toBe('disconnected');
  });

  it('bound a body, and audit what was refused with the words that the gateway got', async () => {
    const large = 'x'.repeat(BODY_BYTES_MAX + 1);
    const tooLarge = await send('POST', STATUS, await gateway.sign('POST', STATUS, large), large);
    expect([tooLarge.status, (await tooLarge.json()).code]).toEqual([413, 'body-too-large']);
    const authorization = await gateway.sign('POST', STATUS, statusBody());
    expect((await send('POST', STATUS, authorization, statusBody())).status).toBe(200);
    const replayed = await send('POST', STATUS, authorization, statusBody());
    const problem = await replayed.json();
    expect([replayed.status, problem.code]).toEqual([401, 'gateway-proof-replayed']);
    const line = await rig.db.auditEvent.findFirstOrThrow({ where: { action: 'gateway.refuse' } });
    expect(line).toMatchObject({ subjectId: gateway.id, detail: { problem: problem.code, title: problem.title } });
    expect(JSON.stringify(line)).not.toContain(authorization);
  });
});
