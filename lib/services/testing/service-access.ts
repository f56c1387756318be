import type { Role } from '#lib/domain/account/role.ts';
import type { UseKind } from '../require-role.ts';
import { LANDING } from './make-task.ts';
import { SETTINGS } from './test-context.ts';

/**
 * Who may call a service. `operator`: only a person with a shell on the machine. `anybody`: it requires the secret of a link, or runs at the start.
 */
export interface ServiceAccess {
  readonly least: Role | 'operator' | 'anybody';
  /** A valid input that names objects which do not exist. */
  readonly input?: unknown;
  /** Further members of the call. */
  readonly with?: object;
  /** The kind of use, for the scopes of tokens, where the role does not imply it (see requireRole). */
  readonly use?: UseKind;
  /** Requires a recent sign-in; `or-admin-token`: or an API token with the scope `admin` and all connections. */
  readonly fresh?: true | 'or-admin-token';
  /** Takes the context as its first parameter: a shared part of services that checks the role itself. */
  readonly positional?: true;
}

const id = (kind: string) => `${kind}_${'2'.repeat(20)}`;
const connectionId = id('conn');
const datasetId = id('ds');
const verificationId = id('ver');
const taskId = id('task');
const runId = id('run');
const userId = id('user');
const gatewayId = id('gw');
const gatewayGroupId = id('gwg');
const targetId = id('targ').replace('2', '4');
const folderTarget = { name: 'x', kind: 'folder', settings: { path: '/srv/x' } };
const target = { method: 'reload-and-compare' as const, targetId: LANDING.id, settings: { schema: 'contoso' } };

const EVERY_DAY = { kind: 'daily', time: '06:30', weekdaysOnly: false } as const;

/** Every service of lib/services and who may call it; roles.test.ts finds the services by their files. */
export const SERVICE_ACCESS: Readonly<Record<string, ServiceAccess>> = {
  startVerification: { least: 'editor', input: SETTINGS },
  receiveCode: { least: 'editor', input: { state: 'x' } },
  verifyCode: { least: 'editor', input: { verificationId, pasted: 'x' } },
  getVerification: { least: 'editor', input: { verificationId } },
  testVerification: { least: 'editor', input: { verificationId } },
  createConnection: { least: 'editor', input: { verificationId, name: 'x' } },
  listConnections: { least: 'viewer', input: {} },
  getConnection: { least: 'viewer', input: { connectionId } },
  getConnectionAccess: { least: 'viewer', input: { connectionId } },
  setConnectionAccess: { least: 'editor', input: { connectionId, audience: 'everybody', people: [] } },
  testConnection: { least: 'editor', input: { connectionId }, use: 'operates' },
  renameConnection: { least: 'editor', input: { connectionId, name: 'x' } },
  deleteConnection: { least: 'editor', input: { connectionId } },
  prepareConnection: { least: 'viewer', input: {} },
  getDemoConnection: { least: 'viewer', input: {} },
  listClouds: { least: 'viewer', input: {} },
  listGateways: { least: 'viewer', input: {} },
  listGatewayOptions: { least: 'viewer', input: {} },
  watchGateways: { least: 'viewer', input: {} },
  getGateway: { least: 'viewer', input: { gatewayId } },
  createGateway: { least: 'admin', input: { name: 'x' } },
  createGatewayKey: { least: 'admin', input: { gatewayId }, fresh: true },
  updateGateway: {
    least: 'admin',
    input: { gatewayId, name: 'x', groupId: null, allowPreviews: true, allowLandedRows: true },
  },
  setGatewayActive: { least: 'admin', input: { gatewayId, active: false } },
  deleteGateway: { least: 'admin', input: { gatewayId } },
  listGatewayGroups: { least: 'viewer', input: {} },
  createGatewayGroup: { least: 'admin', input: { name: 'x' } },
  updateGatewayGroup: { least: 'admin', input: { gatewayGroupId, name: 'x' } },
  deleteGatewayGroup: { least: 'admin', input: { gatewayGroupId } },
  listChannels: { least: 'editor', input: {}, use: 'reads' },
  createChannel: { least: 'admin', input: { name: 'x', target: { kind: 'email', to: ['x@contoso.test'] } } },
  updateChannel: { least: 'admin', input: { channelId: id('nchn'), name: 'x', enabled: true } },
  deleteChannel: { least: 'admin', input: { channelId: id('nchn') } },
  testChannel: { least: 'editor', input: { channelId: id('nchn') }, use: 'operates' },
  listNotificationRules: { least: 'editor', input: {}, use: 'reads' },
  createNotificationRule: { least: 'editor', input: { name: 'x', events: ['run-failed'] } },
  updateNotificationRule: { least: 'editor', input: { ruleId: id('nrul').replace('2', '4'), name: 'x', events: ['run-failed'] } },
  deleteNotificationRule: { least: 'editor', input: { ruleId: id('nrul').replace('2', '4') } },
  listDeliveries: { least: 'editor', input: {}, use: 'reads' },
  sendDeliveryAgain: { least: 'editor', input: { deliveryId: id('ndel') }, use: 'operates' },
  getInbox: { least: 'viewer', input: {} },
  markInboxRead: { least: 'viewer', input: { notificationIds: null }, use: 'changes' },
  getMailSettings: { least: 'editor', input: {}, use: 'reads' },
  setMailSettings: { least: 'admin', input: { server: null } },
  listDatasets: { least: 'viewer', input: { connectionId } },
  getDataset: { least: 'viewer', input: { datasetId } },
  selectDatasets: { least: 'editor', input: { connectionId, datasetIds: [datasetId], selected: true } },
  updateColumns: { least: 'editor', input: { datasetId, columns: [{ sourcePath: 'id', selected: true }] } },
  sampleDataset: { least: 'editor', input: { datasetId }, use: 'reads' },
  generateMetadata: { least: 'editor', input: { connectionId } },
  setFilter: { least: 'editor', input: { datasetId, filter: null } },
  patchDataset: { least: 'editor', input: { datasetId, selected: true } },
  validateFilter: { least: 'editor', input: { datasetId, filter: 'x eq 1' } },
  listOffers: { least: 'viewer', input: { connectionId } },
  addDataset: { least: 'editor', input: { connectionId, path: '/x' } },
  removeDatasets: { least: 'editor', input: { connectionId, datasetIds: [datasetId] } },
  undoMetadataEdit: { least: 'editor', input: { connectionId, direction: 'undo' } },
  getEditHistory: { least: 'viewer', input: { connectionId } },
  getMetadataChanges: { least: 'viewer', input: { connectionId } },
  decideDifferences: { least: 'editor', input: { connectionId, decisions: [{ id: id('diff'), decision: 'keep' }] } },
  startMetadataJob: { least: 'editor', input: { connectionId, kind: 'probe' } },
  getMetadataJob: { least: 'viewer', input: { metadataJobId: id('mjob') } },
  listMetadataJobs: { least: 'viewer', input: { connectionId } },
  cancelMetadataJob: { least: 'editor', input: { metadataJobId: id('mjob') }, use: 'operates' },
  exportMetadata: { least: 'viewer', input: { connectionId, format: 'json' } },
  previewImport: { least: 'editor', input: { connectionId, text: '' } },
  applyImport: { least: 'editor', input: { connectionId, text: '' } },
  listTargetKinds: { least: 'viewer', input: {} },
  getTarget: { least: 'viewer', input: { targetId } },
  createTarget: { least: 'editor', input: folderTarget },
  updateTarget: { least: 'editor', input: { targetId, ...folderTarget } },
  testTarget: { least: 'editor', input: { targetId }, use: 'operates' },
  testNewTarget: { least: 'editor', input: folderTarget },
  deleteTarget: { least: 'editor', input: { targetId } },
  endOwnSession: { least: 'viewer', input: { sessionId: 'none' }, use: 'changes' },
  listTargets: { least: 'viewer', input: {} },
  createTask: { least: 'editor', input: { name: 'x', connectionId, datasetIds: [datasetId], target } },
  listTasks: { least: 'viewer', input: {} },
  getTask: { least: 'viewer', input: { taskId } },
  deleteTask: { least: 'editor', input: { taskId } },
  updateTask: { least: 'editor', input: { taskId, version: 1, name: 'x' } },
  duplicateTask: { least: 'editor', input: { taskId } },
  pauseTask: { least: 'editor', input: { taskId, paused: true }, use: 'operates' },
  saveSchedule: { least: 'editor', input: { taskId, version: null, rule: EVERY_DAY, timeZone: 'UTC' } },
  getSchedule: { least: 'viewer', input: { taskId } },
  listSchedules: { least: 'viewer', input: {} },
  deleteSchedule: { least: 'editor', input: { taskId } },
  previewSchedule: { least: 'viewer', input: { rule: EVERY_DAY, timeZone: 'UTC' } },
  pauseSchedules: { least: 'admin', input: { paused: true } },
  getSchedulesPause: { least: 'viewer', input: {} },
  dropLanded: { least: 'editor', input: { taskId } },
  startRun: { least: 'editor', input: { taskId }, use: 'operates' },
  validateTask: { least: 'editor', input: { taskId }, use: 'operates' },
  prepareTask: { least: 'editor', input: { taskId }, use: 'operates' },
  planTask: { least: 'editor', input: { taskId }, use: 'operates' },
  planDatasets: { least: 'editor', input: { connectionId, datasetIds: [datasetId] }, use: 'operates' },
  getRunSeries: { least: 'viewer', input: { runId } },
  getTaskSeries: { least: 'viewer', input: { taskId } },
  cancelRun: { least: 'editor', input: { runId }, use: 'operates' },
  getRun: { least: 'viewer', input: { runId } },
  listRuns: { least: 'viewer', input: {} },
  listChanges: { least: 'viewer', input: { runId, datasetId } },
  getNotRead: { least: 'viewer', input: { taskId, datasetId } },
  readLandedRows: { least: 'viewer', input: { taskId, datasetId, offset: 0, limit: 1 } },
  listUsers: { least: 'admin', input: {}, use: 'reads' },
  inviteUser: { least: 'admin', input: { email: 'x@contoso.test', name: 'x', role: 'viewer' }, fresh: 'or-admin-token' },
  createPasswordLink: { least: 'admin', input: { userId }, fresh: true },
  changeOwnPassword: { least: 'viewer', input: { password: 'several words apart' }, use: 'changes', fresh: true },
  endOwnSessions: { least: 'viewer', input: {}, use: 'changes' },
  getOwnAccount: { least: 'viewer', input: {} },
  resealAll: { least: 'admin', input: {}, fresh: true },
  getRetention: { least: 'admin', input: {}, use: 'reads' },
  setRetention: { least: 'admin', input: { auditDays: null, runDays: null } },
  getEntraRoles: { least: 'admin', input: {}, use: 'reads' },
  setEntraRoles: { least: 'admin', input: { rules: [] }, fresh: true },
  changeRole: { least: 'admin', input: { userId, role: 'viewer' }, fresh: 'or-admin-token' },
  createApiToken: { least: 'viewer', input: { name: 'x', scopes: ['read'], days: 30 }, use: 'changes', fresh: 'or-admin-token' },
  createOperatorToken: { least: 'operator', input: {} },
  endOperatorToken: { least: 'operator', input: { tokenId: id('tok') } },
  listApiTokens: { least: 'viewer', input: {} },
  revokeApiToken: { least: 'viewer', input: { tokenId: id('tok') }, use: 'changes', fresh: 'or-admin-token' },
  listAudit: { least: 'admin', input: {}, use: 'reads' },
  listAuditFacetsOf: { least: 'admin', input: {}, use: 'reads' },
  exportAudit: { least: 'admin', input: { format: 'csv' }, use: 'reads' },
  setDisabled: { least: 'admin', input: { userId, disabled: true }, fresh: 'or-admin-token' },
  addCertificate: { least: 'editor', input: {} },
  getCertificate: { least: 'editor', input: { certificateId: id('cert') } },
  renewConnection: { least: 'editor', input: { connectionId, verificationId, name: 'x' } },
  updateConnection: { least: 'editor', input: { connectionId, name: 'x', credential: 'secret' } },
  duplicateConnection: { least: 'editor', input: { connectionId, name: 'x' } },
  listColumnNames: { least: 'viewer', input: { connectionId } },
  reviewPermissions: { least: 'viewer', input: {} },
  verifyApplication: { least: 'editor', input: SETTINGS },
  watchRun: { least: 'viewer', input: { runId } },
  watchMetadataJob: { least: 'viewer', with: { first: {}, signal: AbortSignal.abort() } },
  findDataset: { least: 'viewer', input: { connectionId, name: 'users' } },
  // Shared parts of services that are called with a context.
  chooseCredential: { least: 'editor', input: { connectionId: null, credential: 'secret', clientSecret: 'x' }, positional: true },
  requireDatasetOf: { least: 'viewer', input: connectionId, positional: true },
  requireJobOf: { least: 'viewer', input: connectionId, positional: true },
  requireOwnVerification: { least: 'editor', input: verificationId, positional: true },
  // Require a shell on the machine.
  createUser: {
    least: 'operator',
    input: { email: 'x@contoso.test', name: 'x', password: 'several words apart', role: 'viewer' },
  },
  setPassword: { least: 'operator', input: { email: 'x@contoso.test', password: 'several words apart' } },
  // Require the secret of a link, or run before anybody can sign in.
  checkPasswordLink: { least: 'anybody' },
  setPasswordByLink: { least: 'anybody' },
  checkSetupToken: { least: 'anybody' },
  createFirstUser: { least: 'anybody' },
  // Called only at the start of Entrada.
  checkKeyRing: { least: 'anybody' },
  createSetupToken: { least: 'anybody' },
  ensureFirstAdmin: { least: 'anybody' },
  updateBuiltInTargets: { least: 'anybody' },
};
