import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { FINAL_RUN_STATES } from '#lib/domain/run/run.ts';
import { randomFor } from '#lib/emulator/tenant/generate/random.ts';
import { query } from '#lib/jobs/testing/expect-converged.ts';
import type { TaskKind } from '#lib/jobs/testing/worker-rig.ts';
import { getGateway } from '#lib/services/gateway/get-gateway.ts';
import type { GatewayChild } from './testing/gateway-child.ts';
import { createGatewaySite, type GatewaySite } from './testing/gateway-site.ts';

const KILLS = 10;
/** Seed of the kills, random unless ENTRADA_KILL_SEED gives one. */
const SEED = Number(process.env['ENTRADA_KILL_SEED'] ?? randomInt(2 ** 31));
const KINDS: readonly TaskKind[] = ['compare', 'lake', 'load'];
/** Short, but long enough for the answers of a machine that is busy. */
const KEEP_ALIVE_MS = 1000;
const SHORT_TIMES = { statusMs: 2000, silenceMs: 3 * KEEP_ALIVE_MS, answerMs: 4000 };
/** The run by hand: a link that is really cut for that long, with the limits of the product. */
const REAL_CUT_MS = Number(process.env['ENTRADA_CUT_MS'] ?? 0);

// One site for all of it: most of the time is taken by what it starts.
it(`right rows, one run each, nothing left and nothing secret in sight: a link that is cut for long, a group whose one gateway dies, ${KILLS} kills, and a restart of the server`, async () => {
  process.stdout.write(`kill -9 of the gateway: ENTRADA_KILL_SEED=${SEED}\n`);
  const site = await createGatewaySite({ keepAliveMs: REAL_CUT_MS > 0 ? 15_000 : KEEP_ALIVE_MS });
  if (REAL_CUT_MS > 0) return cutForReal(site);
  await cutForLong(site);
  await killOneOfGroup(site);
  await killAtRandom(site);
  await expectNothingLeft(site);
  await expectNothingSecret(site);
}, 300_000);

/** Longer than a stream may be silent, an answer may take, and a lease holds: what 60 s mean to the limits of the product, and more. */
async function cutForLong(site: GatewaySite): Promise<void> {
  const [first] = site.gateways;
  const running = await first.startHere(SHORT_TIMES);
  await site.reload('compare', async (runId) => {
    expect((await getGateway({ ctx: site.rig.ctx, input: { gatewayId: first.id } })).state).toBe('upgrade-available');
    site.link.cut('silent');
    // Found by silence; then no attempt to connect again gets an answer.
    const attempts = () => site.said().split('not connected to the server; retrying').length - 1;
    const before = attempts();
    await vi.waitFor(() => expect(attempts()).toBeGreaterThanOrEqual(before + 3), { timeout: 30_000 });
    await site.loseLease(first);
    const waits = async () => expect(await site.rig.run(runId)).toMatchObject({ state: 'running', wait: { name: 'First' } });
    await vi.waitFor(waits, { timeout: 20_000 });
    site.link.mend();
  });
  await running.stop();
}

/** What the first gateway had only staged is read again by the second, which takes its commands. */
async function killOneOfGroup(site: GatewaySite): Promise<void> {
  const [first, second] = site.gateways;
  const { db } = site.rig.ctx;
  await db.connection.updateMany({ data: { gatewayId: null, gatewayGroupId: site.groupId } });
  const dying = await first.start();
  let surviving: GatewayChild | null = null;
  await site.reload('compare', async (runId) => {
    expect((await site.rig.run(runId)).state).toBe('running');
    await dying.kill();
    surviving = await second.start();
    await site.loseLease(first);
    await site.rig.untilEnded(runId);
    const commands = await db.gatewayCommand.findMany({ where: { runId }, select: { gatewayId: true, attempt: true } });
    expect(commands).toContainEqual({ gatewayId: second.id, attempt: 2 });
  });
  await (surviving as GatewayChild | null)?.stop();
  // What it had staged for a run that went on elsewhere, it deletes when it is back.
  const back = await first.start();
  await vi.waitFor(() => expect(readdirSync(join(first.dataDir, 'work'))).toEqual([]), { timeout: 10_000 });
  await back.stop();
  await db.connection.updateMany({ data: { gatewayId: first.id, gatewayGroupId: null } });
}

async function cutForReal(site: GatewaySite): Promise<void> {
  const [first] = site.gateways;
  const gateway = await first.start();
  const link = () => /"link":"(\w+)"/.exec(readFileSync(join(first.dataDir, 'state.json'), 'utf8'))?.[1];
  let mendedAt = 0;
  await site.reload('compare', async (runId) => {
    site.link.cut('silent');
    const cutAt = Date.now();
    for (let last = ''; Date.now() - cutAt < REAL_CUT_MS; await after(250)) {
      const { state, wait } = await site.rig.run(runId);
      const now = `run ${state}, ${wait === null ? 'waits for nothing' : `waits for ${wait.name}`}; gateway ${link()}`;
      if (now !== last) process.stdout.write(`${Math.round((Date.now() - cutAt) / 1000)} s: ${now}\n`);
      last = now;
    }
    site.link.mend();
    mendedAt = Date.now();
  });
  process.stdout.write(`the run was done ${Math.round((Date.now() - mendedAt) / 1000)} s after the link was mended\n`);
  await gateway.stop();
}

/** The second run has a restart of the server too. */
async function killAtRandom(site: GatewaySite): Promise<void> {
  const random = randomFor(SEED, 'kill -9 of the gateway', 0);
  const [first] = site.gateways;
  let gateway = await first.start();
  for (let kills = 0, runs = 0; kills < KILLS; runs++) {
    await site.reload(KINDS[runs % KINDS.length] ?? 'compare', async (runId) => {
      if (runs === 1) await site.restartServer();
      for (let deaths = 0; deaths < 4 && kills < KILLS; deaths++) {
        await after(random.int(1200));
        if (FINAL_RUN_STATES.has((await site.rig.run(runId)).state)) return;
        await gateway.kill();
        kills++;
        gateway = await first.start();
      }
    });
  }
}

async function expectNothingLeft({ rig, gateways: [{ dataDir }] }: GatewaySite): Promise<void> {
  await vi.waitFor(() => expect([readdirSync(join(dataDir, 'work')), readdirSync(join(dataDir, 'finished'))]).toEqual([[], []]), {
    timeout: 10_000,
  });
  expect(rig.stages()).toEqual([]);
  const kept = ['finished', 'gateway.json', 'keys.json', 'reached.json', 'state.json', 'work'];
  expect(readdirSync(dataDir).filter((name) => !name.includes('lock'))).toEqual(kept);
}

async function expectNothingSecret({ rig, link, said }: GatewaySite): Promise<void> {
  const tables = ['gateway_commands', 'gateway_events', 'pgboss.job'];
  const rows = await Promise.all(tables.map((table) => query(rig, `SELECT t::text FROM ${table} t`)));
  const places = { log: said(), link: link.passed().toString('latin1'), tables: JSON.stringify(rows) };
  // The key is spent when it is used; on the link it is inside TLS.
  expect(places.log).not.toContain('egk_');
  const { users } = await rig.readTenant();
  const someone = JSON.parse(users[3] ?? '[]') as readonly string[];
  for (const [place, text] of Object.entries(places)) {
    expect(text.length, place).toBeGreaterThan(100);
    for (const planted of [...rig.secrets, someone[1] ?? '', someone[2] ?? '', '"AccessToken"'])
      expect(text.includes(planted), `${planted} is in the ${place}`).toBe(false);
  }
}
