import { afterEach, expect, it, vi } from 'vitest';
import { generateMetadata } from '#lib/services/dataset/generate-metadata.ts';
import { datasetDefinition } from '#lib/services/testing/fake-executor.ts';
import { createTaskFor, LANDING } from '#lib/services/testing/make-task.ts';
import { codeOf, SETTINGS, type TestWorld } from '#lib/services/testing/test-context.ts';
import { insertNotification } from '#lib/store/notification/notifications.ts';
import type { Composition } from '../composition.ts';
import { type DescribedApi, type OperationInput, withApi } from '../testing/described-api.ts';
import { OPERATIONS } from './all-operations.ts';

vi.mock('server-only', () => ({}));
vi.mock('../composition.ts', () => ({ composition: () => current }));

let current: Composition | undefined;
const use = (composition: Composition): void => {
  current = composition;
};
afterEach(() => {
  current = undefined;
});

/** Calls every operation on targets, from creation to deletion. */
async function callTargets(call: DescribedApi['call']): Promise<void> {
  const settings = { host: 'db.example.com', database: 'warehouse', user: 'entrada' };
  const entered = { settings, secrets: { password: 'pass word' } };
  expect((await call('listTargetKinds')).json.items.map(({ kind }: { kind: string }) => kind)).toContain('postgres');
  await call('testNewTarget', { body: { kind: 'postgres', ...entered } });
  const { json: target } = await call('createTarget', { body: { name: 'Warehouse', kind: 'postgres', ...entered } });
  const ofTarget = { params: { targetId: target.id as string } };
  await call('testTarget', ofTarget);
  expect((await call('listTargets')).json.items).toHaveLength(3);
  const edit = { ...ofTarget, body: { name: 'Renamed', settings } };
  const tag = (await call('getTarget', ofTarget)).response.headers.get('etag') ?? '';
  await expect(call('updateTarget', edit)).rejects.toThrow(/428 .*precondition-needed/);
  await call('updateTarget', { ...edit, headers: { 'if-match': tag } });
  await expect(call('updateTarget', { ...edit, headers: { 'if-match': tag } })).rejects.toThrow(/412 .*precondition-failed/);
  expect((await call('getTarget', ofTarget)).json).toMatchObject({ name: 'Renamed', lastTest: { passed: true } });
  await call('deleteTarget', ofTarget);
}

/** Calls every operation on connections and their verification. */
async function callConnections(call: DescribedApi['call']): Promise<void> {
  const { json: started } = await call('startVerification', { body: SETTINGS });
  const ofVerification = { params: { verificationId: started.id as string } };
  expect(new URL(started.authorizeUrl).searchParams.has('state')).toBe(true);
  const { json: verified } = await call('verifyCode', { ...ofVerification, body: { pasted: codeOf('by-api') } });
  expect(verified.status).toBe('verified');
  await call('getVerification', ofVerification);
  await call('testVerification', ofVerification);
  const { json: made } = await call('createConnection', { body: { ...ofVerification.params, name: 'By API' } });
  const own = { params: { connectionId: made.id as string } };
  const edit = { ...own, body: { name: 'Renamed', credential: 'secret' } };
  const tag = (await call('getConnection', own)).response.headers.get('etag') ?? '';
  await expect(call('updateConnection', edit)).rejects.toThrow(/428 .*precondition-needed/);
  await call('updateConnection', { ...edit, headers: { 'if-match': tag } });
  await expect(call('updateConnection', { ...edit, headers: { 'if-match': tag } })).rejects.toThrow(/412 /);
  await call('testConnection', own);
  const { json: again } = await call('startVerification', { body: { ...SETTINGS, ...own.params } });
  const redeemed = { params: { verificationId: again.id as string }, body: { pasted: codeOf('again') } };
  await call('verifyCode', redeemed);
  await call('renewConnection', { ...own, body: { verificationId: again.id, name: 'Renamed' } });
  expect((await call('duplicateConnection', own)).json.name).toBe('Renamed copy');
  await call('deleteConnection', own);
  await call('verifyApplication', { body: { ...SETTINGS, signIn: 'app-only', tenant: 'contoso.test' } });
  const { json: certificate } = await call('addCertificate', { body: { kind: 'generate' } });
  await call('getCertificate', { params: { certificateId: certificate.id as string } });
}

/** Calls every operation on gateways and groups, from creation to deletion. */
async function callGateways(call: DescribedApi['call']): Promise<void> {
  const { json: made } = await call('createGateway', { body: { name: 'Plant' } });
  const ofGateway = { params: { gatewayId: made.gateway.id as string } };
  const { json: group } = await call('createGatewayGroup', { body: { name: 'Plants', gatewayIds: [made.gateway.id] } });
  const ofGroup = { params: { gatewayGroupId: group.id as string } };
  expect((await call('getGateway', ofGateway)).json).toMatchObject({ group: { name: 'Plants' }, state: 'never-connected' });
  const settings = { name: 'Renamed', groupId: null, allowPreviews: false, allowLandedRows: true };
  await call('updateGateway', { ...ofGateway, body: settings });
  await call('setGatewayActive', { ...ofGateway, body: { active: false } });
  expect((await call('listGateways')).json.items).toMatchObject([{ name: 'Renamed', state: 'deactivated' }]);
  await call('updateGatewayGroup', { ...ofGroup, body: { name: 'Sites' } });
  await (await call('watchGateways')).response.body?.cancel();
  expect((await call('listGatewayGroups')).json.items).toMatchObject([{ name: 'Sites', members: [] }]);
  await call('deleteGatewayGroup', ofGroup);
  await call('deleteGateway', ofGateway);
}

/** Calls every operation on schedules, from creation to deletion. */
async function callSchedules(call: DescribedApi['call'], ofTask: OperationInput): Promise<void> {
  const rule = { kind: 'cron', expression: '30 6 * * *' };
  await call('previewSchedule', { body: { rule, timeZone: 'Europe/Berlin' } });
  const body = { rule, timeZone: 'Europe/Berlin' };
  const made = await call('saveSchedule', { ...ofTask, body });
  await expect(call('saveSchedule', { ...ofTask, body })).rejects.toThrow(/412 /);
  const headers = { 'if-match': made.response.headers.get('etag') ?? '' };
  expect((await call('saveSchedule', { ...ofTask, body, headers })).json).toMatchObject({ version: 2, next: { length: 5 } });
  expect((await call('getSchedule', ofTask)).json).toMatchObject({ sentence: 'At 06:30, Europe/Berlin' });
  expect((await call('listSchedules')).json.schedules).toHaveLength(1);
  await call('pauseSchedules', { body: { paused: true } });
  expect((await call('getSchedulesPause')).json.pause).not.toBeNull();
  await call('deleteSchedule', ofTask);
}

/** Calls every operation on tasks, from creation to deletion. */
async function callTasks(call: DescribedApi['call'], connectionId: string, datasetIds: string[]) {
  const target = { method: 'full-load', targetId: LANDING.id, settings: { schema: 'by_api' } };
  const { json: task } = await call('createTask', { body: { name: 'By API', connectionId, datasetIds, target } });
  const ofTask = { params: { taskId: task.id as string } };
  const tag = (await call('getTask', ofTask)).response.headers.get('etag') ?? '';
  const edit = { ...ofTask, body: { name: 'Renamed' } };
  const edited = await call('updateTask', { ...edit, headers: { 'if-match': tag } });
  expect([edited.json.name, edited.response.headers.get('etag')]).toEqual(['Renamed', '"2"']);
  await expect(call('updateTask', { ...edit, headers: { 'if-match': tag } })).rejects.toThrow(/412 .*precondition-failed/);
  await expect(call('updateTask', edit)).rejects.toThrow(/428 .*precondition-needed/);
  await callSchedules(call, ofTask);
  await call('validateTask', ofTask);
  await call('prepareTask', ofTask);
  await call('pauseTask', { ...ofTask, body: { paused: true } });
  expect((await call('duplicateTask', ofTask)).json).toMatchObject({ namespace: 'by_api_copy', pausedAt: null });
  await call('dropLanded', ofTask);
  await call('deleteTask', ofTask);
  expect((await call('listTasks')).json.items.map(({ name }: { name: string }) => name)).toContain('Renamed copy');
}

/** Calls the operations on people and tokens, by a token. */
async function callPeople(call: DescribedApi['call']): Promise<void> {
  const { json: invited } = await call('invitePerson', { body: { email: 'new@contoso.test', name: 'New', role: 'viewer' } });
  const ofPerson = { params: { userId: invited.user.id as string } };
  expect((await call('changeRole', { ...ofPerson, body: { role: 'editor' } })).json.role).toBe('editor');
  await call('setPersonDisabled', { ...ofPerson, body: { disabled: true } });
  expect((await call('listPeople')).json.items).toMatchObject([{ role: 'admin' }, { role: 'editor', disabled: true }]);
  const { json: made } = await call('createToken', { body: { name: 'ci', scopes: ['operate'], days: 30 } });
  expect((await call('listTokens')).json.items).toHaveLength(2);
  await call('revokeToken', { params: { tokenId: made.id as string } });
}

/** Calls the operations on channels, rules, the delivery log and the inbox. */
async function callNotifications(call: DescribedApi['call'], { db, clock }: TestWorld) {
  const target = { kind: 'webhook', url: 'https://10.0.0.1/hook' };
  const { json: made } = await call('createNotificationChannel', { body: { name: 'Hook', target } });
  expect(made.signingSecret).toMatch(/^whsec_/);
  const ofChannel = { params: { channelId: made.channel.id as string } };
  await call('updateNotificationChannel', { ...ofChannel, body: { name: 'Hooks', enabled: true } });
  expect((await call('listNotificationChannels')).json.items).toMatchObject([{ name: 'Hooks', host: '10.0.0.1' }]);
  expect((await call('testNotificationChannel', ofChannel)).json).toMatchObject({ delivered: false });
  const { json: rule } = await call('createNotificationRule', { body: { name: 'Failures', events: ['run-failed'] } });
  const ofRule = { params: { ruleId: rule.id as string } };
  await call('updateNotificationRule', { ...ofRule, body: { name: 'All', events: ['run-failed', 'gateway-away'] } });
  expect((await call('listNotificationRules')).json.items).toHaveLength(2);
  await call('deleteNotificationRule', ofRule);
  const message = { title: 'It failed.', facts: [], remedy: null, path: '/runs' };
  const notification = {
    event: 'run-failed',
    key: 'x',
    at: clock.now(),
    message,
    channelIds: [made.channel.id],
    inbox: true,
  } as const;
  await db.$transaction((tx) => insertNotification(tx, notification));
  await db.notificationDelivery.updateMany({ data: { state: 'dead' } });
  const { json: log } = await call('listNotificationDeliveries', { query: { state: 'dead' } });
  await call('sendNotificationAgain', { params: { deliveryId: log.items[0].id } });
  await call('markInboxRead', { body: { notificationIds: null } });
  expect((await call('getInbox')).json).toMatchObject({ unread: 0, items: [{ title: 'It failed.', read: true }] });
  const server = { host: 'mail.contoso.test', port: 587, tls: 'starttls', user: null, sender: 'entrada@contoso.test' };
  await call('setMailSettings', { body: { server } });
  expect((await call('getMailSettings')).json.server).toMatchObject({ host: 'mail.contoso.test', hasPassword: false });
  await call('deleteNotificationChannel', ofChannel);
}

it('every operation answers as it is described', async () => {
  const { world, ctx, connection, called, call } = await withApi(use);
  const { json: list } = await call('listDatasets');
  const idOf = (name: string) => list.items.find((dataset: { name: string }) => dataset.name === name).id as string;
  const users = { params: { datasetId: idOf('users') } };
  await call('listConnections');
  await call('selectDatasets', { body: { datasetIds: [idOf('devices')], selected: true } });
  await call('getDataset', users);
  const patch = { filter: "userType eq 'Guest'", columns: [{ sourcePath: 'displayName', name: 'shown' }] };
  expect((await call('patchDataset', { ...users, body: patch })).json).toMatchObject({ filter: patch.filter, filtered: true });
  await call('sampleDataset', { ...users, query: { rows: '3' } });
  await call('checkFilter', { ...users, body: { filter: 'wrong' } });
  expect((await call('listOffers')).json.items).toHaveLength(1);
  await call('addDataset', { body: { path: '/chats' } });
  await call('removeDataset', { params: { datasetId: idOf('devices') } });
  expect((await call('getEditHistory')).json.undo.label).toBe('Remove a dataset');
  await call('undoMetadataEdit', { body: { direction: 'undo' } });

  world.executor.datasets = [datasetDefinition('users'), datasetDefinition('domains')];
  await generateMetadata({ ctx, input: { connectionId: connection.id } });
  const { json: changes } = await call('getMetadataChanges');
  const [difference] = changes.pending;
  await call('decideDifferences', { body: { decisions: [{ id: difference.id, decision: 'keep' }] } });

  const exported = await call('exportMetadata', { query: { format: 'yaml' } });
  const file = await exported.response.text();
  for (const format of ['json', 'ddl', 'json-schema']) await call('exportMetadata', { query: { format } });
  const { json: preview } = await call('previewImport', { body: file });
  expect(preview.problems).toEqual([]);
  expect((await call('previewImport', { body: file.replace('version: 1', 'version: 9') })).json.problems).toHaveLength(1);
  await call('applyImport', { body: file, query: { basis: preview.basis } });

  const { json: job } = await call('generateMetadata', { body: { sampleRows: 10 } });
  const ofJob = { params: { metadataJobId: job.id as string } };
  await call('getMetadataJob', ofJob);
  const { json: jobs } = await call('listMetadataJobs');
  const probing = jobs.items.find((one: { kind: string }) => one.kind === 'probe');
  await call('cancelMetadataJob', { params: { metadataJobId: probing.id } });
  await call('probe', { body: {} });
  await call('cancelMetadataJob', ofJob);
  const { response: events } = await call('watchMetadataJob', ofJob);
  expect(await events.text()).toContain('"state":"cancelled"');

  const task = await createTaskFor(ctx, connection.id, 'Nightly');
  await call('planTask', { params: { taskId: task.id } });
  await call('planDatasets', { body: { datasetIds: [task.datasets[0]?.id] } });
  const { json: run } = await call('startRun', { params: { taskId: task.id }, body: { full: true } });
  const started = { params: { runId: run.id as string, taskId: task.id } };
  for (const id of ['getRun', 'getRunSeries', 'getTaskSeries']) await call(id, started);
  await (await call('watchRun', started)).response.body?.cancel();
  const ofDataset = { runId: run.id as string, taskId: task.id, datasetId: run.datasets[0].datasetId as string };
  for (const id of ['readLandedRows', 'listChanges']) await call(id, { params: ofDataset });
  expect((await call('cancelRun', started)).json.state).toBe('cancelled');
  world.clock.forward(1000);
  await call('startRun', { params: { taskId: task.id } });
  const { json: newest } = await call('listRuns', { query: { limit: '1' } });
  const { json: older } = await call('listRuns', { query: { limit: '1', cursor: newest.nextCursor } });
  expect([newest.items[0].id === run.id, older.items[0].id, older.nextCursor]).toEqual([false, run.id, null]);
  expect((await call('listRuns', { query: { state: 'cancelled' } })).json.items).toHaveLength(1);
  for (const mark of ['by-api', 'again']) world.executor.validCodes.add(codeOf(mark));
  await callConnections(call);
  await callPeople(call);
  expect((await call('getEntraRoles')).json).toEqual({ rules: [] });
  expect((await call('setRetention', { body: { auditDays: 9, runDays: null } })).json).toEqual((await call('getRetention')).json);
  const access = { audience: 'listed', people: [{ email: ctx.actor.email, access: 'use' }] };
  expect((await call('setConnectionAccess', { body: access })).json).toEqual((await call('getConnectionAccess')).json);
  await callTargets(call);
  await callGateways(call);
  await callNotifications(call, world);
  await callTasks(call, connection.id, [idOf('users')]);
  await call('listAudit', { query: { limit: '5' } });
  await call('listAudit', { query: { format: 'csv' } }).then(({ response }) => response.text());
  await call('getOpenApi');
  expect([...called].sort()).toEqual(OPERATIONS.map(({ id }) => id).sort());
}, 60_000);
