import { expect, it } from 'vitest';
import type { ApiTokenActor, UserActor } from '#lib/domain/account/actor.ts';
import { Role } from '#lib/domain/account/role.ts';
import { AppError } from '#lib/platform/errors.ts';
import { newId } from '#lib/platform/id.ts';
import { insertNotification } from '#lib/store/notification/notifications.ts';
import type { Context } from './context.ts';
import { addCertificate } from './credential/add-certificate.ts';
import { listDatasets } from './dataset/list-datasets.ts';
import { createGateway } from './gateway/create-gateway.ts';
import { createGatewayGroup } from './gateway-group/save-gateway-group.ts';
import { listMetadataJobs } from './metadata-job/list-metadata-jobs.ts';
import { createNotificationRule } from './notification/rules.ts';
import { createChannel } from './notification/save-channel.ts';
import { scopeOf, type UseKind } from './require-role.ts';
import { startRun } from './run/start-run.ts';
import { createTarget } from './target/create-target.ts';
import { createTaskFor } from './testing/make-task.ts';
import { SERVICE_ACCESS, type ServiceAccess } from './testing/service-access.ts';
import { codeOf, createTestWorld, makeConnection, SETTINGS, signInAtSource } from './testing/test-context.ts';
import { createApiToken } from './token/create-api-token.ts';
import { startVerification } from './verification/start-verification.ts';
import { verifyCode } from './verification/verify-code.ts';

type Service = (...given: unknown[]) => unknown;
const MODULES = import.meta.glob<Readonly<Record<string, unknown>>>(['/lib/services/*/*.ts', '!**/*.test.ts', '!**/testing/**'], {
  eager: true,
});
const FUNCTIONS = new Map(Object.values(MODULES).flatMap((exports) => Object.entries(exports))) as Map<string, Service>;

/** They take away what others need: called after those, in this order. */
const LAST = [
  ...[
    'deleteSchedule',
    'cancelRun',
    'cancelMetadataJob',
    'removeDatasets',
    'deleteTask',
    'deleteNotificationRule',
    'deleteChannel',
  ],
  ...['deleteTarget', 'deleteGateway', 'deleteGatewayGroup', 'deleteConnection', 'revokeApiToken', 'changeRole', 'setDisabled'],
  ...['endOwnSession', 'endOwnSessions'],
];
/** What cannot be done here, and what it meets instead. */
const MEETS = {
  addDataset: 'not-found',
  applyImport: 'import-broken',
  decideDifferences: 'not-found',
  endOwnSession: 'not-found',
  listChanges: 'not-found',
  readLandedRows: 'not-found',
  verifyApplication: 'signs-in-as-person',
};

/** Something of each kind, by the prefix of its id, and inputs where those of the table do not fit it. */
async function everything(ctx: Context & { readonly actor: UserActor }, world: Awaited<ReturnType<typeof createTestWorld>>) {
  const { id: connectionId } = await makeConnection(ctx, world);
  const spare = await makeConnection(ctx, world, 'Spare');
  const signIn = await signInAtSource(ctx, world, 'another');
  const again = await signInAtSource(ctx, world, 'again', connectionId);
  await verifyCode({ ctx, input: { verificationId: again.verificationId, pasted: again.code } });
  const begun = await startVerification({ ctx, input: SETTINGS });
  const state = new URL(begun.authorizeUrl).searchParams.get('state') ?? '';
  const [dataset, other] = await listDatasets({ ctx, input: { connectionId } });
  const task = await createTaskFor(ctx, connectionId, 'Nightly', { schema: 'nightly' });
  const idle = await createTaskFor(ctx, connectionId, 'Idle', { schema: 'idle' });
  const started = await createTaskFor(ctx, connectionId, 'Started', { schema: 'started' });
  const run = await startRun({ ctx, input: { taskId: started.id } });
  const [job] = await listMetadataJobs({ ctx, input: { connectionId } });
  await world.db.metadataJob.updateMany({ where: { connectionId: spare.id }, data: { state: 'done' } });
  const { channel } = await createChannel({ ctx, input: { name: 'Mail', target: { kind: 'email', to: ['x@contoso.test'] } } });
  const message = { title: 'It failed.', facts: [], remedy: null, path: '/runs' };
  const told = { event: 'run-failed', key: 'x', at: ctx.clock.now(), channelIds: [channel.id], inbox: false, message } as const;
  await world.db.$transaction((tx) => insertNotification(tx, told));
  await world.db.notificationDelivery.updateMany({ data: { state: 'dead' } });
  const settings = { host: 'db.example.com', port: 5432, database: 'warehouse', user: 'entrada', tls: 'verify-full', caPem: '' };
  const target = { name: 'Warehouse', kind: 'postgres', settings, secrets: { password: 'pass word' } };
  const ids = {
    ...{ conn: connectionId, ver: signIn.verificationId, ds: dataset?.id ?? '', task: task.id, run: run.id, mjob: job?.id ?? '' },
    gw: (await createGateway({ ctx, input: { name: 'Plant' } })).gateway.id,
    gwg: (await createGatewayGroup({ ctx, input: { name: 'Plants' } })).id,
    cert: (await addCertificate({ ctx, input: { kind: 'generate' } })).id,
    targ: (await createTarget({ ctx, input: target })).id,
    nchn: channel.id,
    nrul: (await createNotificationRule({ ctx, input: { name: 'Rule', events: ['run-failed'] } })).id,
    ndel: (await world.db.notificationDelivery.findFirstOrThrow()).id,
    tok: (await createApiToken({ ctx, input: { name: 'x', scopes: ['read'], days: 30 } })).id,
    user: (await world.as('viewer')).actor.userId,
  };
  const inputs: Readonly<Record<string, unknown>> = {
    receiveCode: { state, code: codeOf('received') },
    verifyCode: { verificationId: ids.ver, pasted: signIn.code },
    renewConnection: { connectionId, verificationId: again.verificationId, name: 'Renewed' },
    updateTarget: { targetId: ids.targ, name: 'Store', settings },
    startRun: { taskId: idle.id },
    startMetadataJob: { connectionId: spare.id, kind: 'generate' },
    addCertificate: { kind: 'generate' },
    reviewPermissions: { connectionId },
    removeDatasets: { connectionId, datasetIds: [other?.id] },
    deleteConnection: { connectionId: spare.id },
  };
  return { ids, inputs };
}

function tokenOf({ userId, email }: UserActor, { least, use, fresh }: ServiceAccess & { readonly least: Role }): ApiTokenActor {
  const kind: UseKind = use ?? (least === 'viewer' ? 'reads' : 'changes');
  const scopes = ['read' as const, scopeOf(least, kind), ...(fresh === 'or-admin-token' ? ['admin' as const] : [])];
  return { kind: 'apiToken', userId, email, role: least, tokenId: newId('tok'), tokenName: 'ci', scopes, connectionId: null };
}

it('a token with just the scope that a service needs is refused by none, before or after it wrote', async () => {
  const world = await createTestWorld();
  const admin = await world.as('admin');
  const { ids, inputs } = await everything(admin, world);
  const known: Readonly<Record<string, string>> = ids;
  /** Ids of the table, apart from built-in targets, name what is there; new names differ. */
  const inputOf = (name: string): unknown => {
    if (name in inputs) return inputs[name];
    const text = JSON.stringify(SERVICE_ACCESS[name]?.input ?? null)
      .replaceAll(/"(targ_4|(?!targ)[a-z]+_[24])2{19}"/g, (whole, at: string) => {
        const id = known[at.split('_')[0] ?? ''];
        return id === undefined ? whole : JSON.stringify(id);
      })
      .replace('"name":"x"', JSON.stringify({ name }).slice(1, -1));
    return JSON.parse(text);
  };
  const met = new Map<string, string>();
  const services = new Map(
    Object.entries(SERVICE_ACCESS).filter(
      (entry): entry is [string, ServiceAccess & { readonly least: Role }] =>
        Role.safeParse(entry[1].least).success && entry[1].fresh !== true && entry[1].positional !== true,
    ),
  );
  const order = [...services.keys()].sort((one, two) => LAST.indexOf(one) - LAST.indexOf(two));
  for (const name of order) {
    const access = services.get(name);
    if (access === undefined) continue;
    const ctx = { ...admin, actor: tokenOf(admin.actor, access) };
    try {
      const input = access.input === undefined ? undefined : inputOf(name);
      await FUNCTIONS.get(name)?.({ ctx, input, ...access.with });
    } catch (error) {
      met.set(name, error instanceof AppError ? error.code : String(error));
    }
  }
  expect(order.length).toBeGreaterThan(90);
  expect(Object.fromEntries(met)).toEqual(MEETS);
});
