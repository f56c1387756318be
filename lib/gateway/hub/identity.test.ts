import { expect, it } from 'vitest';
import { createTestGateway, shareHubRig } from '../testing/hub-rig.ts';
import { GATEWAY_PATH } from '../version.ts';
import { authenticateGateway } from './authenticate.ts';
import { createRefusalLog } from './refusal-log.ts';
import { GatewayRefusedError } from './refusals.ts';

const rig = shareHubRig();

const refused = (code: string) => expect.objectContaining({ code });
const PATH = `${GATEWAY_PATH}/status`;

it('a registration key works once, for 24 hours, and again only for the gateway that used it', async () => {
  const hub = rig.hub();
  const [first, other] = [await createTestGateway(rig.clock), await createTestGateway(rig.clock)];
  const { id, key } = await rig.createGateway('Plant');
  const answer = await first.register(hub, key);
  expect(answer).toMatchObject({ gatewayId: id, name: 'Plant' });
  // Sent again after its answer was lost.
  expect(await first.register(hub, key)).toEqual(answer);
  await expect(other.register(hub, key)).rejects.toThrow(refused('gateway-key-used'));
  await expect(other.register(hub, 'egk_guessed')).rejects.toThrow(refused('gateway-key-unknown'));
  const late = await rig.createGateway('Late');
  rig.clock.forward(24 * 3_600_000);
  await expect(other.register(hub, late.key)).rejects.toThrow(refused('gateway-key-expired'));
  const lines = await rig.db.auditEvent.findMany({ where: { action: 'gateway.register' } });
  expect(lines.map(({ subjectId }) => subjectId)).toEqual([id]);
  expect(JSON.stringify(await rig.db.gateway.findMany())).not.toContain(key);
});

it('a request counts only with a new proof of this very request by the key of the gateway', async () => {
  const [hub, second] = [rig.hub(), rig.hub()];
  const [gateway, other] = [await rig.gateway('Plant'), await rig.gateway('Harbour')];
  const send = (authorization: string | null, at = hub, body = '{}') =>
    authenticateGateway(at, { method: 'POST', path: PATH, body, authorization });
  const proof = await gateway.sign('POST', PATH, '{}');
  expect(await send(proof)).toMatchObject({ id: gateway.id });
  await expect(send(proof, second)).rejects.toThrow(refused('gateway-proof-replayed'));
  await expect(send(null)).rejects.toThrow(refused('gateway-proof-missing'));
  await expect(send('Bearer token')).rejects.toThrow(refused('gateway-proof-missing'));
  await expect(send(await gateway.sign('POST', PATH, '{}'), hub, '{"more":1}')).rejects.toThrow(refused('gateway-proof-forged'));
  await expect(send(await gateway.sign('POST', `${PATH}/x`, '{}'))).rejects.toThrow(refused('gateway-proof-forged'));
  const ofOther = await createTestGateway(rig.clock);
  ofOther.id = gateway.id;
  await expect(send(await ofOther.sign('POST', PATH, '{}'))).rejects.toThrow(refused('gateway-proof-forged'));
  ofOther.id = 'gw_nobody';
  await expect(send(await ofOther.sign('POST', PATH, '{}'))).rejects.toThrow(refused('gateway-unknown'));
  await rig.db.gateway.update({ where: { id: other.id }, data: { deactivatedAt: rig.clock.now() } });
  await expect(send(await other.sign('POST', PATH, '{}'))).rejects.toThrow(refused('gateway-deactivated'));
});

it.each([-301, 301])('a clock that is off by %i s is refused, and both clocks are said', async (seconds) => {
  const gateway = await rig.gateway('Plant');
  const at = new Date(rig.clock.now().getTime() + seconds * 1000);
  const authorization = await gateway.sign('POST', PATH, '{}', at);
  const said = `The clock of the gateway shows ${at.toISOString()}, the clock of the server ${rig.clock.now().toISOString()}.`;
  await expect(authenticateGateway(rig.hub(), { method: 'POST', path: PATH, body: '{}', authorization })).rejects.toMatchObject({
    code: 'gateway-clock',
    problem: { detail: said },
  });
  const inTime = await gateway.sign('POST', PATH, '{}', new Date(at.getTime() - Math.sign(seconds) * 1000));
  await expect(
    authenticateGateway(rig.hub(), { method: 'POST', path: PATH, body: '{}', authorization: inTime }),
  ).resolves.toMatchObject({ id: gateway.id });
});

it('refusals are audited once for a while, and too many of one address are not even looked at', async () => {
  const log = createRefusalLog(rig.hub());
  const forged = new GatewayRefusedError({ code: 'gateway-proof-forged', title: 'Not signed.' });
  const from = { address: '192.0.2.1', claimed: { id: 'gw_1', name: 'Plant' } };
  for (let i = 0; i < 120; i++) await log.note(forged, from);
  expect(() => log.check('192.0.2.1')).toThrow(refused('gateway-too-many-requests'));
  expect(() => log.check('192.0.2.2')).not.toThrow();
  rig.clock.forward(60_000);
  expect(() => log.check('192.0.2.1')).not.toThrow();
  expect(await rig.db.auditEvent.count({ where: { action: 'gateway.refuse', subjectId: 'gw_1' } })).toBe(1);
});
