import { describe, expect, it } from 'vitest';
import type { ApiTokenActor, UserActor } from '#lib/domain/account/actor.ts';
import type { ApiTokenAccess } from '#lib/domain/account/api-token.ts';
import { includesRole, type Role } from '#lib/domain/account/role.ts';
import { ForbiddenError } from '#lib/platform/errors.ts';
import { exportAudit } from './audit/export-audit.ts';
import { listAudit } from './audit/list-audit.ts';
import { listAuditFacetsOf } from './audit/list-audit-facets.ts';
import { createConnection } from './connection/create-connection.ts';
import { deleteConnection } from './connection/delete-connection.ts';
import { getConnection } from './connection/get-connection.ts';
import { getDemoConnection } from './connection/get-demo-connection.ts';
import { listClouds } from './connection/list-clouds.ts';
import { listConnections } from './connection/list-connections.ts';
import { listGateways } from './connection/list-gateways.ts';
import { renameConnection } from './connection/rename-connection.ts';
import { testConnection } from './connection/test-connection.ts';
import type { Context } from './context.ts';
import { addDataset } from './dataset/add-dataset.ts';
import { generateMetadata } from './dataset/generate-metadata.ts';
import { getDataset } from './dataset/get-dataset.ts';
import { listDatasets } from './dataset/list-datasets.ts';
import { listOffers } from './dataset/list-offers.ts';
import { patchDataset } from './dataset/patch-dataset.ts';
import { removeDatasets } from './dataset/remove-datasets.ts';
import { sampleDataset } from './dataset/sample-dataset.ts';
import { selectDatasets } from './dataset/select-datasets.ts';
import { setFilter } from './dataset/set-filter.ts';
import { updateColumns } from './dataset/update-columns.ts';
import { validateFilter } from './dataset/validate-filter.ts';
import { getNotRead } from './landed/get-not-read.ts';
import { readLandedRows } from './landed/read-landed-rows.ts';
import { decideDifferences } from './metadata/decide-differences.ts';
import { getEditHistory } from './metadata/get-edit-history.ts';
import { getMetadataChanges } from './metadata/get-metadata-changes.ts';
import { undoMetadataEdit } from './metadata/undo-metadata-edit.ts';
import { exportMetadata } from './metadata-file/export-metadata.ts';
import { applyImport, previewImport } from './metadata-file/import-metadata.ts';
import { cancelMetadataJob } from './metadata-job/cancel-metadata-job.ts';
import { getMetadataJob } from './metadata-job/get-metadata-job.ts';
import { listMetadataJobs } from './metadata-job/list-metadata-jobs.ts';
import { startMetadataJob } from './metadata-job/start-metadata-job.ts';
import { changeOwnPassword } from './password/change-own-password.ts';
import { createPasswordLink } from './password/create-password-link.ts';
import { setPassword } from './password/set-password.ts';
import { prepareConnection } from './preparation/prepare-connection.ts';
import { cancelRun } from './run/cancel-run.ts';
import { getRun } from './run/get-run.ts';
import { listChanges } from './run/list-changes.ts';
import { listRuns } from './run/list-runs.ts';
import { startRun } from './run/start-run.ts';
import { resealAll } from './secret/reseal-all.ts';
import { createTarget } from './target/create-target.ts';
import { deleteTarget } from './target/delete-target.ts';
import { getTarget } from './target/get-target.ts';
import { listTargetKinds } from './target/list-target-kinds.ts';
import { listTargets } from './target/list-targets.ts';
import { testNewTarget, testTarget } from './target/test-target.ts';
import { updateTarget } from './target/update-target.ts';
import { createTask } from './task/create-task.ts';
import { deleteTask } from './task/delete-task.ts';
import { getTask } from './task/get-task.ts';
import { listTasks } from './task/list-tasks.ts';
import { planTask } from './task/plan-task.ts';
import { LANDING } from './testing/make-task.ts';
import { createTestWorld, SETTINGS } from './testing/test-context.ts';
import { createApiToken } from './token/create-api-token.ts';
import { listApiTokens } from './token/list-api-tokens.ts';
import { revokeApiToken } from './token/revoke-api-token.ts';
import { changeRole } from './user/change-role.ts';
import { createUser } from './user/create-user.ts';
import { endOwnSession } from './user/end-own-session.ts';
import { endOwnSessions } from './user/end-own-sessions.ts';
import { getOwnAccount } from './user/get-own-account.ts';
import { inviteUser } from './user/invite-user.ts';
import { listUsers } from './user/list-users.ts';
import { setDisabled } from './user/set-disabled.ts';
import { getVerification } from './verification/get-verification.ts';
import { receiveCode } from './verification/receive-code.ts';
import { startVerification } from './verification/start-verification.ts';
import { testVerification } from './verification/test-verification.ts';
import { verifyCode } from './verification/verify-code.ts';

const id = (kind: string) => `${kind}_${'2'.repeat(20)}`;
const connectionId = id('conn');
const datasetId = id('ds');
const verificationId = id('ver');
const taskId = id('task');
const runId = id('run');
const userId = id('user');
const targetId = id('targ').replace('2', '4');
const folderTarget = { name: 'x', kind: 'folder', settings: { path: '/srv/x' } };
const target = { method: 'reload-and-compare' as const, targetId: LANDING.id, settings: { schema: 'contoso' } };

/** Every service, the least role that may call it, and a call of it. */
const CALLS: Readonly<Record<string, readonly [Role, (ctx: Context) => Promise<unknown>]>> = {
  startVerification: ['editor', (ctx) => startVerification({ ctx, input: SETTINGS })],
  receiveCode: ['editor', (ctx) => receiveCode({ ctx, input: { state: 'x' } })],
  verifyCode: ['editor', (ctx) => verifyCode({ ctx, input: { verificationId, pasted: 'x' } })],
  getVerification: ['editor', (ctx) => getVerification({ ctx, input: { verificationId } })],
  testVerification: ['editor', (ctx) => testVerification({ ctx, input: { verificationId } })],
  createConnection: ['editor', (ctx) => createConnection({ ctx, input: { verificationId, name: 'x' } })],
  listConnections: ['viewer', (ctx) => listConnections({ ctx, input: {} })],
  getConnection: ['viewer', (ctx) => getConnection({ ctx, input: { connectionId } })],
  testConnection: ['editor', (ctx) => testConnection({ ctx, input: { connectionId } })],
  renameConnection: ['editor', (ctx) => renameConnection({ ctx, input: { connectionId, name: 'x' } })],
  deleteConnection: ['editor', (ctx) => deleteConnection({ ctx, input: { connectionId } })],
  prepareConnection: ['viewer', (ctx) => prepareConnection({ ctx, input: {} })],
  getDemoConnection: ['viewer', (ctx) => getDemoConnection({ ctx, input: {} })],
  listClouds: ['viewer', (ctx) => listClouds({ ctx, input: {} })],
  listGateways: ['viewer', (ctx) => listGateways({ ctx, input: {} })],
  listDatasets: ['viewer', (ctx) => listDatasets({ ctx, input: { connectionId } })],
  getDataset: ['viewer', (ctx) => getDataset({ ctx, input: { datasetId } })],
  selectDatasets: ['editor', (ctx) => selectDatasets({ ctx, input: { connectionId, datasetIds: [datasetId], selected: true } })],
  updateColumns: [
    'editor',
    (ctx) => updateColumns({ ctx, input: { datasetId, columns: [{ sourcePath: 'id', selected: true }] } }),
  ],
  sampleDataset: ['editor', (ctx) => sampleDataset({ ctx, input: { datasetId } })],
  generateMetadata: ['editor', (ctx) => generateMetadata({ ctx, input: { connectionId } })],
  setFilter: ['editor', (ctx) => setFilter({ ctx, input: { datasetId, filter: null } })],
  patchDataset: ['editor', (ctx) => patchDataset({ ctx, input: { datasetId, selected: true } })],
  validateFilter: ['editor', (ctx) => validateFilter({ ctx, input: { datasetId, filter: 'x eq 1' } })],
  listOffers: ['viewer', (ctx) => listOffers({ ctx, input: { connectionId } })],
  addDataset: ['editor', (ctx) => addDataset({ ctx, input: { connectionId, path: '/x' } })],
  removeDatasets: ['editor', (ctx) => removeDatasets({ ctx, input: { connectionId, datasetIds: [datasetId] } })],
  undoMetadataEdit: ['editor', (ctx) => undoMetadataEdit({ ctx, input: { connectionId, direction: 'undo' } })],
  getEditHistory: ['viewer', (ctx) => getEditHistory({ ctx, input: { connectionId } })],
  getMetadataChanges: ['viewer', (ctx) => getMetadataChanges({ ctx, input: { connectionId } })],
  decideDifferences: [
    'editor',
    (ctx) => decideDifferences({ ctx, input: { connectionId, decisions: [{ id: id('diff'), decision: 'keep' }] } }),
  ],
  startMetadataJob: ['editor', (ctx) => startMetadataJob({ ctx, input: { connectionId, kind: 'probe' } })],
  getMetadataJob: ['viewer', (ctx) => getMetadataJob({ ctx, input: { metadataJobId: id('mjob') } })],
  listMetadataJobs: ['viewer', (ctx) => listMetadataJobs({ ctx, input: { connectionId } })],
  cancelMetadataJob: ['editor', (ctx) => cancelMetadataJob({ ctx, input: { metadataJobId: id('mjob') } })],
  exportMetadata: ['viewer', (ctx) => exportMetadata({ ctx, input: { connectionId, format: 'json' } })],
  previewImport: ['editor', (ctx) => previewImport({ ctx, input: { connectionId, text: '' } })],
  applyImport: ['editor', (ctx) => applyImport({ ctx, input: { connectionId, text: '' } })],
  listTargets: ['viewer', (ctx) => listTargets({ ctx, input: {} })],
  listTargetKinds: ['viewer', (ctx) => listTargetKinds({ ctx, input: {} })],
  getTarget: ['viewer', (ctx) => getTarget({ ctx, input: { targetId } })],
  createTarget: ['editor', (ctx) => createTarget({ ctx, input: folderTarget })],
  updateTarget: ['editor', (ctx) => updateTarget({ ctx, input: { targetId, ...folderTarget } })],
  testTarget: ['editor', (ctx) => testTarget({ ctx, input: { targetId } })],
  testNewTarget: ['editor', (ctx) => testNewTarget({ ctx, input: folderTarget })],
  deleteTarget: ['editor', (ctx) => deleteTarget({ ctx, input: { targetId } })],
  createTask: ['editor', (ctx) => createTask({ ctx, input: { name: 'x', connectionId, datasetIds: [datasetId], target } })],
  listTasks: ['viewer', (ctx) => listTasks({ ctx, input: {} })],
  getTask: ['viewer', (ctx) => getTask({ ctx, input: { taskId } })],
  deleteTask: ['editor', (ctx) => deleteTask({ ctx, input: { taskId } })],
  startRun: ['editor', (ctx) => startRun({ ctx, input: { taskId } })],
  planTask: ['editor', (ctx) => planTask({ ctx, input: { taskId } })],
  cancelRun: ['editor', (ctx) => cancelRun({ ctx, input: { runId } })],
  getRun: ['viewer', (ctx) => getRun({ ctx, input: { runId } })],
  listRuns: ['viewer', (ctx) => listRuns({ ctx, input: {} })],
  listChanges: ['viewer', (ctx) => listChanges({ ctx, input: { runId, datasetId } })],
  getNotRead: ['viewer', (ctx) => getNotRead({ ctx, input: { taskId, datasetId } })],
  readLandedRows: ['viewer', (ctx) => readLandedRows({ ctx, input: { taskId, datasetId, offset: 0, limit: 1 } })],
  listUsers: ['admin', (ctx) => listUsers({ ctx, input: {} })],
  inviteUser: ['admin', (ctx) => inviteUser({ ctx, input: { email: 'x@contoso.test', name: 'x', role: 'viewer' } })],
  createPasswordLink: ['admin', (ctx) => createPasswordLink({ ctx, input: { userId } })],
  changeOwnPassword: ['viewer', (ctx) => changeOwnPassword({ ctx, input: { password: 'several words apart' } })],
  endOwnSession: ['viewer', (ctx) => endOwnSession({ ctx, input: { sessionId: 'none' } })],
  endOwnSessions: ['viewer', (ctx) => endOwnSessions({ ctx, input: {} })],
  getOwnAccount: ['viewer', (ctx) => getOwnAccount({ ctx, input: {} })],
  resealAll: ['admin', (ctx) => resealAll({ ctx })],
  changeRole: ['admin', (ctx) => changeRole({ ctx, input: { userId, role: 'viewer' } })],
  createApiToken: ['viewer', (ctx) => createApiToken({ ctx, input: { name: 'x', access: 'read', days: 30 } })],
  listApiTokens: ['viewer', (ctx) => listApiTokens({ ctx, input: {} })],
  revokeApiToken: ['viewer', (ctx) => revokeApiToken({ ctx, input: { tokenId: id('tok') } })],
  listAudit: ['admin', (ctx) => listAudit({ ctx, input: {} })],
  listAuditFacetsOf: ['admin', (ctx) => listAuditFacetsOf({ ctx, input: {} })],
  exportAudit: ['admin', (ctx) => exportAudit({ ctx, input: { format: 'csv' } })],
  setDisabled: ['admin', (ctx) => setDisabled({ ctx, input: { userId, disabled: true } })],
};

const tokenOf = ({ userId, email, role }: UserActor, access: ApiTokenAccess): ApiTokenActor => {
  return { kind: 'apiToken', userId, email, role, tokenId: id('tok'), tokenName: 'ci', access };
};

describe('roles', () => {
  it.each(['viewer', 'editor', 'admin'] as const)('a %s is refused exactly what needs more', async (role) => {
    const world = await createTestWorld();
    const ctx = await world.as(role);
    const refused: string[] = [];
    for (const [name, [, call]] of Object.entries(CALLS)) {
      await call(ctx).catch((error: unknown) => (error instanceof ForbiddenError ? refused.push(name) : undefined));
    }
    expect(refused).toEqual(Object.keys(CALLS).filter((name) => !includesRole(role, CALLS[name]?.[0] ?? 'admin')));
  });

  it('nobody who signed in types a password for somebody else: only the operator does', async () => {
    const ctx = await (await createTestWorld()).as('admin');
    const person = { email: 'x@contoso.test', name: 'x', password: 'several words apart', role: 'viewer' } as const;
    await expect(createUser({ ctx, input: person })).rejects.toBeInstanceOf(ForbiddenError);
    await expect(setPassword({ ctx, input: person })).rejects.toBeInstanceOf(ForbiddenError);
  });

  it('a thing that is not there is not found, whatever is done to it', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('admin');
    for (const name of [
      'getConnection',
      'deleteConnection',
      'getDataset',
      'createTask',
      'startRun',
      'cancelRun',
      'verifyCode',
      'changeRole',
    ]) {
      await expect(CALLS[name]?.[1](ctx), name).rejects.toMatchObject({ problem: { code: 'not-found' } });
    }
  });

  /** What reads only; everything else changes something, or spends what a read-only token may not. */
  const READS = new Set([
    ...Object.entries(CALLS).flatMap(([name, [role]]) => (role === 'viewer' ? [name] : [])),
    ...['sampleDataset', 'listUsers', 'listAudit', 'listAuditFacetsOf', 'exportAudit'],
  ]);
  const OWN_CHANGES = ['changeOwnPassword', 'endOwnSession', 'endOwnSessions', 'createApiToken', 'revokeApiToken'];

  it('a read-only token is refused whatever changes something, though its owner is an administrator', async () => {
    const world = await createTestWorld();
    const person = await world.as('admin');
    const ctx = { ...person, actor: tokenOf(person.actor, 'read') };
    const before = await world.db.user.findMany();
    const refused: string[] = [];
    for (const [name, [, call]] of Object.entries(CALLS)) {
      await call(ctx).catch(({ code }: { code?: string }) =>
        code === 'read-only-token' || code === 'forbidden' ? refused.push(name) : undefined,
      );
    }
    expect(refused.toSorted()).toEqual(
      Object.keys(CALLS)
        .filter((name) => !READS.has(name) || OWN_CHANGES.includes(name))
        .toSorted(),
    );
    expect(await world.db.user.findMany()).toEqual(before);
  });

  const SENSITIVE = [
    ...['inviteUser', 'createPasswordLink', 'changeRole', 'setDisabled', 'changeOwnPassword'],
    ...['createApiToken', 'revokeApiToken', 'resealAll'],
  ];

  it('people, tokens, passwords and keys need a sign-in of the last ten minutes, and no API token does', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('admin');
    world.clock.forward(10 * 60_000 - 1);
    const asked = async (as: Context) => {
      const names: string[] = [];
      for (const [name, [, call]] of Object.entries(CALLS)) {
        await call(as).catch(({ code }: { code?: string }) =>
          code === 'fresh-sign-in-needed' || code === 'forbidden' ? names.push(name) : undefined,
        );
      }
      return names.toSorted();
    };
    expect(await asked(ctx)).toEqual([]);
    world.clock.forward(1);
    expect(await asked(ctx)).toEqual(SENSITIVE.toSorted());
    expect(await asked({ ...ctx, actor: tokenOf(ctx.actor, 'full') })).toEqual(SENSITIVE.toSorted());
  });
});
