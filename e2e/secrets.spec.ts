import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openKeyRing } from '#lib/platform/crypto/key-ring.ts';
import { openDb } from '#lib/platform/postgres/db.ts';
import { openSecret } from '#lib/store/connection/secrets.ts';
import { expect, signInByForm, test } from './support/fixtures.ts';
import { dumpDatabase, knownSecrets, leaks, recordAnswers, type Secrets } from './support/leaks.ts';
import type { Product } from './support/product.ts';
import { authenticate, openDialogWithDemoTenant, pasteAndVerify, untilRunEnds } from './support/steps.ts';

/** Tokens of a connection, decrypted with the product's own key. */
async function tokensOf(app: Product, connectionId: string): Promise<Secrets> {
  const runtime = JSON.parse(readFileSync(join(app.dataDir, 'runtime.json'), 'utf8')) as {
    databaseUrl: string;
    keys: { ENTRADA_SECRET_KEY_FILE: string };
  };
  const ring = openKeyRing(runtime.keys);
  if (ring === null) throw new Error('no keys');
  const db = openDb(runtime.databaseUrl, 1);
  try {
    const { tokenCacheId } = await db.connection.findUniqueOrThrow({
      where: { id: connectionId },
      select: { tokenCacheId: true },
    });
    const { plaintext } = await openSecret(db, ring, { kind: 'token-cache', ownerId: connectionId }, tokenCacheId);
    const cache = JSON.parse(plaintext) as Record<string, Record<string, { secret?: string }>>;
    const first = (section: string) => Object.values(cache[section] ?? {})[0]?.secret ?? '';
    return {
      'the access token': first('AccessToken'),
      'the refresh token': first('RefreshToken'),
      'the ID token': first('IdToken'),
    };
  } finally {
    await db.$disconnect();
  }
}

test('from the dialog to a run: no secret in an answer, an address, the database in clear, a job, an audit line or the log', async ({
  app,
  page,
}) => {
  test.setTimeout(150_000);
  const info = await app.emulator();
  const [account] = info.users;
  const least = info.otherApps.find(({ key }) => key === 'least');
  if (account === undefined || least === undefined) throw new Error('the demo tenant lacks an account or an app');
  const seen = recordAnswers(page, app.baseUrl);

  await signInByForm(page, await app.account('admin'));
  await openDialogWithDemoTenant(page);
  await page.getByLabel('Client ID').fill(least.clientId);
  await page.getByLabel('Client Secret', { exact: true }).fill(least.clientSecret);
  const popup = await authenticate(page, account);
  const code = await popup.getByRole('textbox', { name: 'Authentication code' }).inputValue();
  await pasteAndVerify(page, popup);
  await expect(page.getByText('Verified', { exact: true })).toBeVisible({ timeout: 20_000 });
  await page.getByRole('button', { name: 'Test connection' }).click();
  await expect(page.getByText(/Graph answered as/)).toBeVisible();
  await page.getByLabel('Connection name').fill('Searched for secrets');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.waitForURL(/\/metadata/);
  const connectionId = /conn_\w+/.exec(page.url())?.[0] ?? '';
  for (const path of [`/connections/${connectionId}`, `/connections/${connectionId}/edit`, '/connections', '/settings/audit']) {
    await page.goto(path);
    await expect(page.getByRole('heading').first()).toBeVisible();
  }
  await page.goto(`/tasks/new?connection=${connectionId}&datasets=organization`);
  await page.getByLabel('Task name').fill('Searched for secrets');
  await page.getByRole('button', { name: 'Create and reload' }).click();
  await page.waitForURL(/\/runs\/run_/);
  await untilRunEnds(page, 'Done');
  await page.goto('/connections');

  const { 'the demo client secret': _public, ...secrets } = {
    ...(await knownSecrets(app)),
    ...(await tokensOf(app, connectionId)),
  };
  expect(secrets['the refresh token']).not.toBe('');
  const all = { ...secrets, 'the authentication code': code };
  const answers = (await Promise.all(seen.bodies)).join('\n');
  const dump = await dumpDatabase(app);
  // Proves that the search covers answers.
  expect(answers).toContain('Searched for secrets');
  expect(dump.get('public.connections')).toContain(connectionId);
  expect(dump.get('public.secrets')).toContain('client-secret');
  expect([...dump.keys()].join()).toMatch(/pgboss\.job/);
  expect(leaks(`x ${code} y`, all)).toHaveLength(1);
  expect(leaks(seen.addresses.join('\n'), all), 'addresses').toEqual([]);
  // Only answers of the dialog: the redirect page, in its own window, shows the code on purpose.
  expect(leaks(answers, all), 'answers').toEqual([]);
  for (const [table, rows] of dump) expect(leaks(rows, all), table).toEqual([]);
  expect(leaks(app.output(), all), 'log').toEqual([]);
});
