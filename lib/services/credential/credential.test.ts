import { describe, expect, it } from 'vitest';
import { RemoteError } from '#lib/platform/errors.ts';
import { startVerification } from '#lib/services/verification/start-verification.ts';
import { verifyApplication } from '#lib/services/verification/verify-application.ts';
import { verifyCode } from '#lib/services/verification/verify-code.ts';
import { createConnection } from '../connection/create-connection.ts';
import { deleteConnection } from '../connection/delete-connection.ts';
import { duplicateConnection } from '../connection/duplicate-connection.ts';
import { getConnection } from '../connection/get-connection.ts';
import { renewConnection } from '../connection/renew-connection.ts';
import { testConnection } from '../connection/test-connection.ts';
import { updateConnection } from '../connection/update-connection.ts';
import { IDENTITY, SECRETS } from '../testing/fake-executor.ts';
import { createTaskFor } from '../testing/make-task.ts';
import { createTestWorld, makeConnection, SETTINGS, signInAtSource } from '../testing/test-context.ts';
import { addCertificate } from './add-certificate.ts';

const problem = (code: string) => expect.objectContaining({ problem: expect.objectContaining({ code }) });
const APP_ONLY = { ...SETTINGS, signIn: 'app-only', tenant: 'contoso.test' } as const;

describe('app-only sign-in', () => {
  it('verifies in one step and makes a connection, with a secret or a certificate', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const certificate = await addCertificate({ ctx, input: { kind: 'generate' } });
    for (const [name, settings] of [
      ['By secret', APP_ONLY],
      ['By certificate', { ...APP_ONLY, clientSecret: '', credential: 'certificate', certificateId: certificate.id }],
    ] as const) {
      const verification = await verifyApplication({ ctx, input: settings });
      expect(verification).toMatchObject({
        status: 'verified',
        signIn: 'app-only',
        identity: { permissions: IDENTITY.permissions },
      });
      const connection = await createConnection({ ctx, input: { verificationId: verification.id, name } });
      expect(connection).toMatchObject({ signIn: 'app-only', state: 'ready', datasetCount: 3 });
      await testConnection({ ctx, input: { connectionId: connection.id } });
    }
    expect(world.executor.usedCredentials.map(({ kind }) => kind)).toEqual(['secret', 'secret', 'certificate', 'certificate']);
  });

  it('needs a tenant, and a credential', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    await expect(verifyApplication({ ctx, input: { ...APP_ONLY, tenant: 'organizations' } })).rejects.toThrow(/one tenant/);
    await expect(verifyApplication({ ctx, input: { ...APP_ONLY, clientSecret: '' } })).rejects.toThrow(
      /Value of a client secret/,
    );
    await expect(startVerification({ ctx, input: APP_ONLY })).rejects.toEqual(problem('signs-in-as-application'));
  });

  it("leaves another person's certificate alone, and its private key encrypted", async () => {
    const world = await createTestWorld();
    const certificate = await addCertificate({ ctx: await world.as('editor'), input: { kind: 'generate' } });
    const input = { ...APP_ONLY, clientSecret: '', credential: 'certificate', certificateId: certificate.id } as const;
    await expect(verifyApplication({ ctx: await world.as('editor'), input })).rejects.toEqual(problem('not-found'));
    const stored = await world.db.secret.findMany({ select: { envelope: true } });
    expect(JSON.stringify(stored)).not.toContain('PRIVATE KEY');
    expect(certificate.pem).toContain('BEGIN CERTIFICATE');
  });
});

describe('a stored credential', () => {
  it.each([
    ['another cloud', { graphBaseUrl: 'https://graph.microsoft.com/v1.0' }],
    ['another tenant', { tenant: 'fabrikam.test' }],
    ['another registration', { clientId: '00000000-1111-2222-3333-444444444444' }],
  ])('is not sent to %s: it has to be typed for that', async (_what, change) => {
    const world = await createTestWorld();
    const editor = await world.as('editor');
    const clouds = [
      ...editor.config.clouds,
      { name: 'Global', graphOrigin: 'https://graph.microsoft.com', authorityOrigin: 'https://login.microsoftonline.com' },
    ];
    const ctx = { ...editor, config: { ...editor.config, clouds } };
    const { id: connectionId } = await makeConnection(ctx, world);
    const used = world.executor.usedCredentials.length;
    const input = { ...SETTINGS, ...change, clientSecret: '', connectionId };
    await expect(startVerification({ ctx, input })).rejects.toEqual(problem('credential-of-other-registration'));
    const appOnly = { ...APP_ONLY, ...change, clientSecret: '', connectionId };
    await expect(verifyApplication({ ctx, input: appOnly })).rejects.toEqual(problem('credential-of-other-registration'));
    expect(world.executor.usedCredentials).toHaveLength(used);
    await startVerification({ ctx, input: { ...SETTINGS, clientSecret: '', connectionId } });
  });
});

describe('changing a connection', () => {
  it('takes a new secret without a new sign-in, once Entra has accepted it', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const connection = await makeConnection(ctx, world);
    const change = { connectionId: connection.id, name: 'Renamed', gatewayId: null, credential: 'secret' } as const;
    world.executor.refusal = new RemoteError({ code: 'entra-refused', title: 'Entra rejected the client secret.' });
    await expect(updateConnection({ ctx, input: { ...change, clientSecret: 'wrong~secret' } })).rejects.toEqual(
      problem('entra-refused'),
    );
    expect(await getConnection({ ctx, input: { connectionId: connection.id } })).toMatchObject({
      name: 'Contoso',
      state: 'ready',
    });
    world.executor.refusal = null;
    await updateConnection({ ctx, input: { ...change, clientSecret: 'new~secret', secretExpiresOn: '2027-01-31' } });
    await testConnection({ ctx, input: { connectionId: connection.id } });
    expect(world.executor.usedCredentials.at(-1)).toEqual({ kind: 'secret', secret: 'new~secret' });
    expect(await getConnection({ ctx, input: { connectionId: connection.id } })).toMatchObject({
      name: 'Renamed',
      credentialExpiresAt: '2027-01-31T23:59:59.000Z',
      expirySource: 'person',
    });
    expect(await world.db.secret.count({ where: { target: null } })).toBe(2);
  });

  it('is ready again once a new secret was accepted in place of one that Entra refused', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const { id } = await makeConnection(ctx, world);
    const state = async () => (await getConnection({ ctx, input: { connectionId: id } })).state;
    world.executor.refusal = new RemoteError({ code: 'needs-reauthentication', title: 'The client secret has expired.' });
    await expect(testConnection({ ctx, input: { connectionId: id } })).rejects.toThrow();
    expect(await state()).toBe('needs-reauthentication');
    world.executor.refusal = null;
    const change = { connectionId: id, name: 'Contoso', gatewayId: null, credential: 'secret' } as const;
    await updateConnection({ ctx, input: change });
    expect(await state()).toBe('needs-reauthentication');
    await updateConnection({ ctx, input: { ...change, clientSecret: 'new~secret' } });
    expect(await state()).toBe('ready');
  });

  it('keeps the stored secret when none is typed, and asks Entra nothing', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const { id } = await makeConnection(ctx, world);
    await updateConnection({ ctx, input: { connectionId: id, name: 'Renamed', gatewayId: null, credential: 'secret' } });
    expect(world.executor.usedCredentials).toEqual([]);
    await testConnection({ ctx, input: { connectionId: id } });
    expect(world.executor.usedCredentials).toEqual([{ kind: 'secret', secret: SECRETS.clientSecret }]);
  });

  it('is authenticated again with the stored secret, and keeps its metadata and tasks', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const { id, datasetCount } = await makeConnection(ctx, world);
    await createTaskFor(ctx, id, 'Nightly users');
    const { verificationId, code } = await signInAtSource(ctx, world, 'again', id, { clientSecret: '' });
    await verifyCode({ ctx, input: { verificationId, pasted: code } });
    expect(await renewConnection({ ctx, input: { verificationId, name: 'Contoso' } })).toMatchObject({
      id,
      datasetCount,
      taskCount: 1,
    });
    expect(await world.db.secret.count({ where: { target: null } })).toBe(2);
  });

  it('refuses a sign-in to another tenant', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const { id } = await makeConnection(ctx, world);
    const { verificationId, code } = await signInAtSource(ctx, world, 'again', id);
    world.executor.identity = { ...IDENTITY, tenant: { ...IDENTITY.tenant, id: '99999999-2222-4333-8444-555555555555' } };
    await expect(verifyCode({ ctx, input: { verificationId, pasted: code } })).rejects.toEqual(problem('other-tenant'));
  });

  it("notes the expiry that the registration tells, which counts more than the person's", async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const { id } = await makeConnection(ctx, world);
    world.executor.credentialExpiresAt = new Date('2026-12-01T00:00:00Z');
    await testConnection({ ctx, input: { connectionId: id } });
    expect(await getConnection({ ctx, input: { connectionId: id } })).toMatchObject({
      credentialExpiresAt: '2026-12-01T00:00:00.000Z',
      expirySource: 'registration',
    });
  });
});

describe('duplicateConnection', () => {
  it('copies settings, tokens and metadata, not tasks; each lives on without the other', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const { id, datasetCount } = await makeConnection(ctx, world);
    const copy = await duplicateConnection({ ctx, input: { connectionId: id } });
    expect(copy).toMatchObject({ name: 'Contoso copy', datasetCount, taskCount: 0 });
    expect((await duplicateConnection({ ctx, input: { connectionId: id } })).name).toBe('Contoso copy 2');
    await deleteConnection({ ctx, input: { connectionId: id } });
    await expect(testConnection({ ctx, input: { connectionId: copy.id } })).resolves.toMatchObject({
      account: 'ada@contoso.test',
    });
  });
});
