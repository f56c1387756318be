import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { createGatewayRig, type GatewayRig } from '../testing/gateway-rig.ts';
import { checkGateway } from './check-gateway.ts';
import { gatewayStatus } from './gateway-status.ts';

let rig: GatewayRig;
beforeAll(async () => {
  rig = await createGatewayRig();
});
afterAll(() => rig.close());

it('status says that a gateway is not registered, then that it is connected, then that it is not running', async () => {
  expect(gatewayStatus(rig.dataDir, { json: false })).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining('not registered'),
  });
  const running = await rig.start();
  await rig.hub.connected();
  await vi.waitFor(() => expect(gatewayStatus(rig.dataDir, { json: false }).exitCode).toBe(0), { timeout: 10_000 });
  const { text } = gatewayStatus(rig.dataDir, { json: false });
  expect(text).toMatch(/Branch \(gate_1\)[\s\S]*State +connected since[\s\S]*Working on +nothing/);
  expect(JSON.parse(gatewayStatus(rig.dataDir, { json: true }).text)).toMatchObject({
    state: { link: 'connected', problem: null },
  });
  await running.stop();
  expect(gatewayStatus(rig.dataDir, { json: false })).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining('not running'),
  });
});

it('check reaches server, Entra, Graph and the targets used so far, and says of each that fails why and what to do', async () => {
  const running = await rig.start();
  onTestFinished(() => running.stop());
  await rig.hub.connected();
  const tenant = await rig.signIn();
  const target = {
    kind: 'postgres',
    settings: { host: '127.0.0.1', port: 1, database: 'db', user: 'kim', tls: 'disable' },
    secrets: { password: 'x' },
    builtIn: false,
  };
  await (await rig.hub.send('target.test', { access: tenant.assignment('users', { runId: 'run_1' }).target })).ended;
  expect((await checkGateway(rig.options())).text).toMatch(/^ok +server/);
  await (await rig.hub.send('target.test', { access: target })).ended;
  rig.link.cut('reset');
  const { text, exitCode } = await checkGateway(rig.options());
  rig.link.mend();
  expect(exitCode).toBe(1);
  expect(text).toMatch(/failed +server[^\n]*\n[^\n]*The connection to[^\n]*\n[^\n]*Check the network/);
  expect(text).toMatch(/ok +Microsoft Entra ID/);
  expect(text).toMatch(/ok +Graph/);
  expect(text).toMatch(/failed +target +127\.0\.0\.1:1\/db[\s\S]*ENTRADA_TARGET_NETWORKS/);
});
