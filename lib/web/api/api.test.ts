import { globSync, readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TEST_SESSION } from '#lib/auth/testing/session-cookie.ts';
import { parseEnv } from '#lib/platform/config/env.ts';
import { generateMetadata } from '#lib/services/dataset/generate-metadata.ts';
import { datasetDefinition } from '#lib/services/testing/fake-executor.ts';
import { createTaskFor, LANDING } from '#lib/services/testing/make-task.ts';
import { codeOf, createTestWorld, makeConnection, SETTINGS, type TestWorld } from '#lib/services/testing/test-context.ts';
import { createApiToken } from '#lib/services/token/create-api-token.ts';
import { insertNotification } from '#lib/store/notification/notifications.ts';
import type { Composition } from '../composition.ts';
import type { Operation } from './operation.ts';

vi.mock('server-only', () => ({}));
vi.mock('../composition.ts', () => ({ composition: () => current }));

const { OPERATIONS } = await import('./all-operations.ts');
const { buildOpenApi } = await import('./openapi.ts');

let current: Composition | undefined;
afterEach(() => {
  current = undefined;
});

const ORIGIN = 'http://localhost:3000';

/** `/api/v1/runs/{runId}` -> `app/api/v1/runs/[runId]/route.ts` */
const fileOf = (path: string) => `app${path.replaceAll('{', '[').replaceAll('}', ']')}/route.ts`;

describe('the description of the API', () => {
  it('has every route handler below /api/v1, and no other', () => {
    const handlers = globSync('app/api/v1/**/route.ts').flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/export (?:const|async function|function) (GET|POST|PUT|PATCH|DELETE)\b/g)].map(
        ([, method]) => `${method} ${file}`,
      ),
    );
    expect(handlers.length).toBeGreaterThan(10);
    expect(OPERATIONS.map(({ method, path }) => `${method} ${fileOf(path)}`).sort()).toEqual(handlers.sort());
  });

  it('is valid OpenAPI 3.1, whose operations have names of their own and say every part of their path', async () => {
    const document = buildOpenApi(OPERATIONS, ORIGIN);
    expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true });
    expect(new Set(OPERATIONS.map(({ id }) => id)).size).toBe(OPERATIONS.length);
    for (const { path, params } of OPERATIONS) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(Object.keys((params as unknown as { shape: object }).shape), path).toEqual(named);
    }
  });

  it('refers only to schemas that it has', () => {
    const document = buildOpenApi(OPERATIONS, ORIGIN) as { components: { schemas: object } };
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(refs.length).toBeGreaterThan(10);
    expect([...new Set(refs)].filter((name) => !Object.hasOwn(document.components.schemas, name ?? ''))).toEqual([]);
  });
});

/** Calls the product's route handlers with an API token, on a database of this test. */
async function withApi() {
  const world = await createTestWorld();
  world.executor.offered = [{ ...datasetDefinition('chats', []), origin: 'advanced' }];
  const ctx = await world.as('admin');
  const { actor, ...services } = ctx;
  current = {
    ...({ services, session: TEST_SESSION, env: parseEnv({}) } as Composition),
    attempts: { spend: async () => undefined, forgive: async () => undefined },
  };
  const connection = await makeConnection(ctx, world);
  const { token } = await createApiToken({ ctx, input: { name: 'script', scopes: ['operate', 'edit', 'admin'], days: null } });
  const called = new Set<string>();
  const validate = validatorOf(buildOpenApi(OPERATIONS, ORIGIN) as { components: object });

  async function call(id: string, given: Given = {}): Promise<Answer> {
    const operation = OPERATIONS.find((one) => one.id === id);
    if (operation === undefined) throw new TypeError(`no operation ${id}`);
    called.add(id);
    const response = await send(operation, token, { connectionId: connection.id, ...given.params }, given);
    if (response.status !== operation.response.status) throw new Error(`${id}: ${response.status} ${await response.text()}`);
    const type = response.headers.get('content-type')?.split(';')[0] ?? '';
    if (type !== 'application/json' || operation.response.schema === null || given.query?.['format'] !== undefined) {
      expect(operation.response.types, id).toContain(type);
      return { response, json: null };
    }
    const json = await response.json();
    // The answer has no members outside of its schema: parsing drops unknown members.
    expect(operation.response.schema.parse(json), id).toEqual(json);
    validate(operation, json);
    return { response, json };
  }
  return { world, ctx, connection, token, called, call, actor };
}

/** Answers are untyped here: the test is about their schemas. */
type Loose = ReturnType<typeof JSON.parse>;

interface Given {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
interface Answer {
  readonly response: Response;
  readonly json: Loose;
}

async function send(
  operation: Operation,
  token: string,
  params: Record<string, string>,
  { query, body, headers }: Given,
): Promise<Response> {
  const load = ROUTES[`/${fileOf(operation.path)}`];
  const handler = (await load?.())?.[operation.method];
  if (handler === undefined) throw new TypeError(`no handler for ${operation.id}`);
  const url = new URL(
    operation.path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? ''),
    ORIGIN,
  );
  url.search = new URLSearchParams(query).toString();
  const wanted = Object.fromEntries(Object.entries(params).filter(([name]) => operation.path.includes(`{${name}}`)));
  const request = new Request(url, {
    method: operation.method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  // Next passes no params to a route without dynamic segments, contrary to its types.
  const segments = Object.keys(wanted).length === 0 ? undefined : wanted;
  return handler(request, { params: Promise.resolve(segments) });
}

type Handler = (request: Request, route: { params: Promise<Record<string, string> | undefined> }) => Promise<Response>;

/** Every route handler below /api/v1, by its file. */
const ROUTES = import.meta.glob<Record<string, Handler>>('/app/api/v1/**/route.ts');

/** Validates answers against the published document, with a validator that is independent of zod. Compiles each schema once. */
function validatorOf(document: { components: object }): (operation: Operation, json: unknown) => void {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ components: document.components }, 'api');
  const paths = (
    document as unknown as {
      paths: Record<string, Record<string, { responses: Record<string, { content: Record<string, { schema: object }> }> }>>;
    }
  ).paths;
  return (operation, json) => {
    const described = paths[operation.path]?.[operation.method.toLowerCase()]?.responses[operation.response.status];
    const schema = JSON.stringify(described?.content['application/json']?.schema ?? {});
    const check = ajv.compile(JSON.parse(schema.replaceAll('"#/components/', '"api#/components/')) as object);
    expect(check(json) ? [] : check.errors, operation.id).toEqual([]);
  };
}

/** Calls every operation on targets, from creation to deletion. */
async function callTargets(call: (id: string, given?: Given) => Promise<Answer>): Promise<void> {
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
async function callConnections(call: (id: string, given?: Given) => Promise<Answer>): Promise<void> {
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
async function callGateways(call: (id: string, given?: Given) => Promise<Answer>): Promise<void> {
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
async function callSchedules(call: (id: string, given?: Given) => Promise<Answer>, ofTask: Given): Promise<void> {
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
async function callTasks(call: (id: string, given?: Given) => Promise<Answer>, connectionId: string, datasetIds: string[]) {
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
async function callPeople(call: (id: string, given?: Given) => Promise<Answer>): Promise<void> {
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
async function callNotifications(call: Awaited<ReturnType<typeof withApi>>['call'], { db, clock }: TestWorld) {
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
  const told = { event: 'run-failed', key: 'x', at: clock.now(), message, channelIds: [made.channel.id], inbox: true } as const;
  await db.$transaction((tx) => insertNotification(tx, told));
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
  const { world, ctx, connection, called, call } = await withApi();
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

describe('the metadata of a connection by API', () => {
  it('is found only below the connection that it belongs to', async () => {
    const { world, ctx, call } = await withApi();
    const other = await makeConnection(ctx, world, 'Other');
    const { json: list } = await call('listDatasets');
    const params = { connectionId: other.id, datasetId: list.items[0].id };
    await expect(call('getDataset', { params })).rejects.toThrow('getDataset: 404');
    await expect(call('patchDataset', { params, body: { selected: true } })).rejects.toThrow('patchDataset: 404');
    await expect(call('removeDataset', { params })).rejects.toThrow('removeDataset: 404');
    const { json: jobs } = await call('listMetadataJobs');
    const job = { connectionId: other.id, metadataJobId: jobs.items[0].id };
    await expect(call('cancelMetadataJob', { params: job })).rejects.toThrow('cancelMetadataJob: 404');
  });

  it('says which part of the input does not hold', async () => {
    const { call } = await withApi();
    const { json: list } = await call('listDatasets');
    const params = { datasetId: list.items[0].id as string };
    await expect(call('patchDataset', { params, body: { columns: [{ sourcePath: 'id', type: 'text' }] } })).rejects.toThrow(
      /422.*"field":"columns.0.type"/,
    );
    await expect(call('patchDataset', { params, body: {} })).rejects.toThrow(/422.*nothing-to-change/);
    await expect(call('sampleDataset', { params, query: { rows: '1000' } })).rejects.toThrow(/422.*"field":"rows"/);
    await expect(call('exportMetadata', { query: { format: 'xml' } })).rejects.toThrow(/422.*"field":"format"/);
    await expect(call('applyImport', { body: 'nonsense: [' })).rejects.toThrow(/422.*import-broken/);
  });
});
