import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { prepareConnection } from '#lib/services/preparation/prepare-connection.ts';
import { azScript } from '#lib/services/preparation/registration-script.ts';
import { verifyCode } from '#lib/services/verification/verify-code.ts';
import { listDatasets } from '../dataset/list-datasets.ts';
import { SECRETS } from '../testing/fake-executor.ts';
import { createTaskFor } from '../testing/make-task.ts';
import { createTestWorld, makeConnection, signInAtSource } from '../testing/test-context.ts';
import { createConnection } from './create-connection.ts';
import { deleteConnection } from './delete-connection.ts';
import { listConnections } from './list-connections.ts';
import { renameConnection } from './rename-connection.ts';
import { testConnection } from './test-connection.ts';

const problem = (code: string) => expect.objectContaining({ problem: expect.objectContaining({ code }) });

describe('createConnection', () => {
  it('makes a connection with its datasets, the usual ones selected where the token may read them', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const connection = await makeConnection(ctx, world);
    expect(connection).toMatchObject({
      name: 'Contoso',
      cloud: 'Contoso',
      tenantName: 'Contoso',
      state: 'ready',
      datasetCount: 3,
    });
    const datasets = await listDatasets({ ctx, input: { connectionId: connection.id } });
    expect(datasets.map(({ name, selected, access }) => [name, selected, access])).toEqual([
      ['devices', false, 'missing-permission'],
      ['groups', true, 'granted'],
      ['users', true, 'granted'],
    ]);
    await expect(testConnection({ ctx, input: { connectionId: connection.id } })).resolves.toMatchObject({
      account: 'ada@contoso.test',
    });
  });

  it('keeps no secret in clear in any table, at any moment', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const { verificationId, state, code } = await signInAtSource(ctx, world, 'a');
    const secrets = [...Object.values(SECRETS), state, code];
    expect(await findInDatabase(world.url, secrets)).toEqual([]);
    await verifyCode({ ctx, input: { verificationId, pasted: code } });
    expect(await findInDatabase(world.url, secrets)).toEqual([]);
    await createConnection({ ctx, input: { verificationId, name: 'Contoso' } });
    expect(await findInDatabase(world.url, secrets)).toEqual([]);
    expect(await findInDatabase(world.url, ['Contoso'])).not.toEqual([]);
  });

  it("needs the caller's own verified sign-in, and uses it up", async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const other = await world.as('admin');
    const { verificationId, code } = await signInAtSource(ctx, world, 'a');
    const input = { verificationId, name: 'Contoso' };
    await expect(createConnection({ ctx, input })).rejects.toEqual(problem('not-verified'));
    await verifyCode({ ctx, input: { verificationId, pasted: code } });
    await expect(createConnection({ ctx: other, input })).rejects.toEqual(problem('not-found'));
    await createConnection({ ctx, input });
    await expect(createConnection({ ctx, input: { ...input, name: 'Second' } })).rejects.toEqual(
      problem('verification-consumed'),
    );
  });

  it('gives one name to one connection when two are created at once, and keeps the sign-in of the other', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const signIns = [await signInAtSource(ctx, world, 'a'), await signInAtSource(ctx, world, 'b')];
    for (const { verificationId, code } of signIns) await verifyCode({ ctx, input: { verificationId, pasted: code } });
    const results = await Promise.allSettled(
      signIns.map(({ verificationId }) => createConnection({ ctx, input: { verificationId, name: 'Contoso' } })),
    );
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toEqual([{ status: 'rejected', reason: problem('name-taken') }]);
    expect(refused[0]?.reason).toMatchObject({ problem: { field: 'name' } });
    const failed = signIns[results.findIndex((result) => result.status === 'rejected')];
    await createConnection({ ctx, input: { verificationId: failed?.verificationId ?? '', name: 'Contoso 2' } });
    expect((await listConnections({ ctx, input: {} })).map((row) => row.name)).toEqual(['Contoso', 'Contoso 2']);
  });

  it('stays when its metadata could not be generated', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    world.executor.generateMetadata = () => Promise.reject(new Error('Graph is down'));
    expect(await makeConnection(ctx, world)).toMatchObject({ datasetCount: 0, metadataGeneratedAt: null });
  });
});

describe('changing connections', () => {
  it('refuses a name that is taken', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    await makeConnection(ctx, world, 'One');
    const two = await makeConnection(ctx, world, 'Two');
    await expect(renameConnection({ ctx, input: { connectionId: two.id, name: 'One' } })).rejects.toEqual(problem('name-taken'));
  });

  it('deletes a connection with its secrets, but not while tasks use it', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const used = await makeConnection(ctx, world, 'Used');
    const free = await makeConnection(ctx, world, 'Free');
    await createTaskFor(ctx, used.id, 'Nightly users');
    await expect(deleteConnection({ ctx, input: { connectionId: used.id } })).rejects.toMatchObject({
      problem: { code: 'connection-has-tasks', title: expect.stringContaining('Nightly users') },
    });
    await deleteConnection({ ctx, input: { connectionId: free.id } });
    expect(await world.db.secret.count({ where: { target: null } })).toBe(2);
    expect(await world.db.auditEvent.count({ where: { action: 'connection.delete', subjectId: free.id } })).toBe(1);
  });
});

describe('prepareConnection', () => {
  it('gives the redirect URI, a manifest with permission ids, a script that looks up the others, and the consent link', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('viewer');
    const clientId = '0f4a2a39-90d5-4a0c-9d36-3f7a3b6f0a01';
    const input = { clientId, tenant: 'contoso.test', graphBaseUrl: 'https://graph.contoso.test/v1.0' };
    const preparation = await prepareConnection({ ctx, input });
    expect(preparation.redirectUri).toBe('http://localhost:3000/auth/oauth/code');
    expect(JSON.parse(preparation.requiredResourceAccess)[0].resourceAccess).toContainEqual({
      id: 'a154be20-db9c-4678-8ab7-66f6cc099a59',
      type: 'Scope',
    });
    const registration = { appName: 'Entrada', redirectUri: preparation.redirectUri, signIn: 'delegated' } as const;
    expect(azScript({ ...registration, permissions: ['Brand.New.Read'] })).toContain("value=='Brand.New.Read'");
    expect(preparation.adminConsentUrl).toMatch(
      /^https:\/\/login\.contoso\.test\/contoso\.test\/v2\.0\/adminconsent\?client_id=0f4a2a39/,
    );
    expect((await prepareConnection({ ctx, input: { graphBaseUrl: 'not an address' } })).adminConsentUrl).toBeNull();
  });
});

/** Tables with a row whose text contains one of the words. */
async function findInDatabase(url: string, words: readonly string[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      `SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS name FROM information_schema.tables
       WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
    );
    const found: string[] = [];
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ text: string }>(`SELECT row_to_json(t)::text AS text FROM ${name} t`);
      if (rows.some(({ text }) => words.some((word) => text.includes(word)))) found.push(name);
    }
    return found;
  } finally {
    await client.end();
  }
}
