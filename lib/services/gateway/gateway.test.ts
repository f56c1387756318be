import { describe, expect, it } from 'vitest';
import type { GatewayDetailDto } from '#lib/domain/gateway/gateway-dto.ts';
import { updateConnection } from '../connection/update-connection.ts';
import type { Context } from '../context.ts';
import { deleteGatewayGroup } from '../gateway-group/delete-gateway-group.ts';
import { listGatewayGroups } from '../gateway-group/list-gateway-groups.ts';
import { createGatewayGroup, updateGatewayGroup } from '../gateway-group/save-gateway-group.ts';
import { createTestWorld, makeConnection, type TestWorld } from '../testing/test-context.ts';
import { createGateway } from './create-gateway.ts';
import { createGatewayKey } from './create-gateway-key.ts';
import { deleteGateway } from './delete-gateway.ts';
import { getGateway } from './get-gateway.ts';
import { listGatewayOptions, listGateways } from './list-gateways.ts';
import { registrationKeyHash } from './registration-key.ts';
import { setGatewayActive } from './set-gateway-active.ts';
import { updateGateway } from './update-gateway.ts';

const problem = (code: string, more: object = {}) =>
  expect.objectContaining({ problem: expect.objectContaining({ code, ...more }) });

async function createWorld() {
  const world = await createTestWorld();
  return { world, ctx: await world.as('admin') };
}

/** Writes what the process of a gateway would, through the store. */
async function connect({ db, clock }: TestWorld, id: string, facts: object = {}): Promise<void> {
  const now = clock.now();
  const seen = { registeredAt: now, registrationKeyUsedAt: now, lastSeenAt: now, connectedSince: now };
  const says = { version: '0.1.0', protocolVersion: '1.0', hostName: 'plant-01', operatingSystem: 'Linux 6.8.0 x64' };
  await db.gateway.update({ where: { id }, data: { ...seen, ...says, ...facts } });
}

async function moveTo(ctx: Context, connection: { id: string; name: string }, to: object): Promise<void> {
  await updateConnection({ ctx, input: { connectionId: connection.id, name: connection.name, credential: 'secret', ...to } });
}

const settingsOf = ({ id, name, description }: GatewayDetailDto) => ({
  ...{ gatewayId: id, name, description, groupId: null, allowPreviews: true, allowLandedRows: true },
});

const audited = async (ctx: Context) =>
  (await ctx.db.auditEvent.findMany({ where: { action: { startsWith: 'gateway' } }, orderBy: { at: 'asc' } })).map(
    ({ action }) => action,
  );

describe('data gateways', () => {
  it('an API token of an administrator creates one and gets its key, audited as the token; a new key needs a person', async () => {
    const { ctx: admin } = await createWorld();
    const { userId, email, role } = admin.actor;
    const token = { tokenId: 'tok_1', tokenName: 'terraform', scopes: ['admin'], connectionId: null } as const;
    const ctx: Context = { ...admin, actor: { kind: 'apiToken', userId, email, role, ...token } };
    const { gateway, registration } = await createGateway({ ctx, input: { name: 'Plant' } });
    expect(registration.key).toMatch(/^egk_/);
    const line = await ctx.db.auditEvent.findFirstOrThrow({ where: { action: 'gateway.create' } });
    expect(line).toMatchObject({ subjectId: gateway.id, actorKind: 'apiToken', actorId: 'tok_1' });
    await expect(createGatewayKey({ ctx, input: { gatewayId: gateway.id } })).rejects.toEqual(problem('forbidden'));
  });

  it('the registration key is answered once, lasts 24 hours, and only its digest is stored', async () => {
    const { world, ctx } = await createWorld();
    const { gateway, registration } = await createGateway({ ctx, input: { name: 'Plant', description: 'Hall 3' } });
    expect(gateway).toMatchObject({ name: 'Plant', description: 'Hall 3', state: 'never-connected', createdBy: ctx.actor.email });
    expect(gateway.key).toEqual({ expiresAt: '2026-03-02T09:00:00.000Z', expired: false });
    const row = await ctx.db.gateway.findUniqueOrThrow({ where: { id: gateway.id } });
    expect(row.registrationKeyHash).toBe(registrationKeyHash(registration.key));
    const shown = [gateway, await listGateways({ ctx, input: {} }), row, await ctx.db.auditEvent.findMany()];
    expect(JSON.stringify(shown)).not.toContain(registration.key);
    await expect(createGateway({ ctx, input: { name: 'Plant' } })).rejects.toEqual(problem('name-taken', { field: 'name' }));
    world.clock.forward(24 * 3_600_000);
    expect((await getGateway({ ctx, input: { gatewayId: gateway.id } })).key?.expired).toBe(true);
  });

  it('the state follows what the gateway does, and a new key changes nothing until it is used', async () => {
    const { world, ctx } = await createWorld();
    const { gateway } = await createGateway({ ctx, input: { name: 'Plant' } });
    const input = { gatewayId: gateway.id };
    const activity = [{ kind: 'run', title: 'Contoso users', since: '2026-03-01T09:00:00.000Z', runId: null }];
    await connect(world, gateway.id, { activity });
    const connected = { state: 'connected', hostName: 'plant-01', version: '0.1.0', key: null, activity };
    expect(await getGateway({ ctx, input })).toMatchObject(connected);
    const { key } = await createGatewayKey({ ctx, input });
    expect(await getGateway({ ctx, input })).toMatchObject({ state: 'connected', key: { expired: false } });
    expect(key).toMatch(/^egk_/);
    expect(await setGatewayActive({ ctx, input: { ...input, active: false } })).toMatchObject({
      ...{ state: 'deactivated', activity: [] },
    });
    expect((await setGatewayActive({ ctx, input: { ...input, active: true } })).state).toBe('connected');
    world.clock.forward(61_000);
    expect((await getGateway({ ctx, input })).state).toBe('disconnected');
    const created = ['gateway.create', 'gateway.create-key', 'gateway.deactivate', 'gateway.activate'];
    expect((await audited(ctx)).sort()).toEqual(created.sort());
  });

  it('what uses a gateway is listed, and stands in the way of deleting it', async () => {
    const { world, ctx } = await createWorld();
    const { gateway } = await createGateway({ ctx, input: { name: 'Plant' } });
    const gatewayId = gateway.id;
    const connection = await makeConnection(ctx, world);
    await moveTo(ctx, connection, { gatewayId });
    const detail = await getGateway({ ctx, input: { gatewayId } });
    expect(detail).toMatchObject({ connectionCount: 1, connections: [{ id: connection.id, name: connection.name }], runs: [] });
    const refused = { title: 'Plant is in use by 1 connection.', detail: `Connections: ${connection.name}.` };
    await expect(deleteGateway({ ctx, input: { gatewayId } })).rejects.toEqual(problem('gateway-in-use', refused));
    await moveTo(ctx, connection, { gatewayId: null });
    await deleteGateway({ ctx, input: { gatewayId } });
    expect(await listGateways({ ctx, input: {} })).toEqual([]);
    await expect(moveTo(ctx, connection, { gatewayId })).rejects.toEqual(problem('not-found'));
  });

  it('moving a connection to a gateway verifies it anew, and a refusal leaves it where it was', async () => {
    const { world, ctx } = await createWorld();
    const { gateway } = await createGateway({ ctx, input: { name: 'Plant' } });
    const connection = await makeConnection(ctx, world);
    world.clock.forward(60_000);
    await moveTo(ctx, connection, { gatewayId: gateway.id });
    const row = await ctx.db.connection.findUniqueOrThrow({ where: { id: connection.id } });
    expect(row).toMatchObject({ gatewayId: gateway.id, lastVerifiedAt: world.clock.now() });
    await moveTo(ctx, { ...connection, name: 'Renamed' }, { gatewayId: gateway.id });
    const groups = { gatewayId: gateway.id, gatewayGroupId: (await createGatewayGroup({ ctx, input: { name: 'Both' } })).id };
    await expect(moveTo(ctx, connection, groups)).rejects.toEqual(problem('invalid-input'));
  });
});

describe('gateway groups', () => {
  it('a gateway is in one group at most; a group is connected when one of its members is', async () => {
    const { world, ctx } = await createWorld();
    const [north, south] = [
      (await createGateway({ ctx, input: { name: 'North' } })).gateway,
      (await createGateway({ ctx, input: { name: 'South' } })).gateway,
    ];
    const plants = await createGatewayGroup({ ctx, input: { name: 'Plants', gatewayIds: [north.id, south.id] } });
    expect(plants).toMatchObject({ state: 'never-connected', members: [{ name: 'North' }, { name: 'South' }] });
    await connect(world, south.id);
    const other = await createGatewayGroup({ ctx, input: { name: 'Other', gatewayIds: [north.id] } });
    expect(await listGatewayOptions({ ctx, input: {} })).toMatchObject([
      { kind: 'gateway', name: 'North', state: 'never-connected' },
      { kind: 'gateway', name: 'South', state: 'connected' },
      { kind: 'group', name: 'Other', members: 1, connectedMembers: 0 },
      { kind: 'group', name: 'Plants', members: 1, connectedMembers: 1, state: 'connected' },
    ]);
    const input = { gatewayGroupId: other.id, name: 'Other', description: '', gatewayIds: [] };
    expect((await updateGatewayGroup({ ctx, input })).members).toEqual([]);
    await expect(updateGatewayGroup({ ctx, input: { ...input, gatewayIds: ['gw_22222222222222222222'] } })).rejects.toEqual(
      problem('not-found'),
    );
    await updateGateway({ ctx, input: { ...settingsOf(south), allowPreviews: false } });
    expect((await listGatewayGroups({ ctx, input: {} })).map(({ members }) => members.length)).toEqual([0, 0]);
  });

  it('what names a group stands in the way of deleting it; its gateways stay', async () => {
    const { world, ctx } = await createWorld();
    const { gateway } = await createGateway({ ctx, input: { name: 'North' } });
    const { id: gatewayGroupId } = await createGatewayGroup({ ctx, input: { name: 'Plants', gatewayIds: [gateway.id] } });
    const connection = await makeConnection(ctx, world);
    await moveTo(ctx, connection, { gatewayGroupId });
    const detail = await getGateway({ ctx, input: { gatewayId: gateway.id } });
    expect(detail).toMatchObject({ connectionCount: 0, connections: [{ id: connection.id }] });
    await expect(deleteGatewayGroup({ ctx, input: { gatewayGroupId } })).rejects.toEqual(problem('gateway-in-use'));
    await moveTo(ctx, connection, {});
    await deleteGatewayGroup({ ctx, input: { gatewayGroupId } });
    expect(await getGateway({ ctx, input: { gatewayId: gateway.id } })).toMatchObject({ group: null });
  });
});
