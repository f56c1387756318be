import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, test } from '../support/fixtures.ts';
import { withDatabase } from '../support/leaks.ts';

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

/** Sends a request that no browser would send: any method, path and headers. */
async function send(
  baseUrl: string,
  {
    method = 'GET',
    path = '/',
    headers = {},
    body = '',
  }: { method?: string; path?: string; headers?: Record<string, string>; body?: string },
): Promise<Answer> {
  const { port } = new URL(baseUrl);
  const response = await new Promise<IncomingMessage>((done, fail) => {
    const request = httpRequest({ host: 'localhost', port, method, path, headers }, done);
    request.on('error', fail);
    request.end(body);
  });
  return { status: response.statusCode, body: await text(response) };
}

test('methods, addresses and bodies that nothing here understands end in words', async ({ app, page, signIn }) => {
  await signIn(page);
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  for (const method of ['TRACE', 'PROPFIND', 'PURGE']) {
    expect(await send(app.baseUrl, { method }), method).toMatchObject({
      status: 405,
      body: expect.stringContaining('method-not-allowed'),
    });
  }
  for (const path of ['/%', '/connections/%E0%A4%A', '//', '/a%00b', '/api/v1/runs/%zz']) {
    expect(await send(app.baseUrl, { path, headers: { cookie } }), path).toMatchObject({ status: 400 });
  }
  const headers = { cookie, origin: app.baseUrl, 'content-type': 'application/json' };
  const path = '/api/v1/connections/conn_22222222222222222222/metadata/datasets';
  for (const deep of [
    `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`,
    `${'{"a":'.repeat(1_000_000)}1${'}'.repeat(1_000_000)}`,
  ]) {
    expect(await send(app.baseUrl, { method: 'POST', path, headers, body: deep })).toMatchObject({
      status: 400,
      body: expect.stringContaining('too-deep'),
    });
  }
  expect(app.output()).not.toContain('RangeError');
});

test('a forged X-Forwarded-For is not the address that attempts are counted by', async ({ app, page }) => {
  await page.goto('/sign-in');
  const keys = () =>
    withDatabase(
      app,
      async (client) => (await client.query(`SELECT key FROM sign_in_failures WHERE key LIKE 'address:%'`)).rows.length,
    );
  const before = await keys();
  for (let i = 0; i < 3; i++) {
    await page.setExtraHTTPHeaders({ 'x-forwarded-for': `203.0.113.${i}` });
    await page.getByLabel('E-mail').fill(`nobody${i}@entrada.test`);
    await page.getByLabel('Password', { exact: true }).fill('wrong');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(page.getByText('The e-mail address or the password is wrong.')).toBeVisible();
    await page.reload();
  }
  expect((await keys()) - before).toBeLessThanOrEqual(1);
});
