import { expect, test } from '../support/fixtures.ts';
import { expectApiUnauthenticated, NOBODY } from '../support/refusals.ts';
import { createDemoConnection } from '../support/steps.ts';

const NO_DATASET = 'ds_22222222222222222222';
const NO_JOB = 'mjob_22222222222222222222';
const base = (connectionId: string) => `/api/v1/connections/${connectionId}/metadata`;

/** Addresses with the least role for them. */
const READS = ['/datasets', '/offers', '/changes', '/jobs', '/history', '/export?format=json'];
const WRITES: readonly (readonly ['POST' | 'PATCH' | 'DELETE' | 'GET', string, object?])[] = [
  ['PATCH', '/datasets', { datasetIds: [NO_DATASET], selected: true }],
  ['POST', '/datasets', { path: '/users' }],
  ['PATCH', `/datasets/${NO_DATASET}`, { selected: true }],
  ['DELETE', `/datasets/${NO_DATASET}`],
  ['POST', '/changes', { decisions: [{ id: 'diff_22222222222222222222', decision: 'keep' }] }],
  ['POST', '/generate', {}],
  ['POST', '/probe', {}],
  ['POST', '/import', {}],
  ['POST', '/import/preview', {}],
  ['POST', '/history', { direction: 'undo' }],
];

test('the signed-out read no metadata by API and change none', async ({ page }) => {
  for (const path of [...READS, `/datasets/${NO_DATASET}`, `/datasets/${NO_DATASET}/sample`, `/jobs/${NO_JOB}/events`]) {
    await expectApiUnauthenticated(page, 'GET', `${base(NOBODY.connection)}${path}`);
  }
  for (const [, path] of WRITES) await expectApiUnauthenticated(page, 'POST', `${base(NOBODY.connection)}${path}`);
  await expectApiUnauthenticated(page, 'GET', '/api/v1/connections');
  await expectApiUnauthenticated(page, 'GET', '/api/v1/openapi.json');
});

test('a viewer reads metadata by API and changes none; nobody reaches it through another connection', async ({
  app,
  browser,
  page,
  signIn,
}) => {
  await signIn(page, 'editor');
  const connectionId = (await createDemoConnection(app, page, 'Read by API')).split('/')[2] ?? '';
  const context = await browser.newContext({ baseURL: app.baseUrl });
  const other = await context.newPage();
  await signIn(other, 'viewer');
  for (const path of READS) {
    expect((await other.request.get(`${base(connectionId)}${path}`)).status(), path).toBe(200);
  }
  for (const [method, path, data] of WRITES) {
    const headers = { origin: app.baseUrl };
    const answer = await other.request.fetch(`${base(connectionId)}${path}`, {
      method,
      headers,
      ...(data === undefined ? {} : { data }),
    });
    // An unknown object may be answered with 404 before the role is checked; nothing changes in either case.
    expect([403, 404], `${method} ${path}`).toContain(answer.status());
  }
  await context.close();

  const { items: datasets } = (await (await page.request.get(`${base(connectionId)}/datasets`)).json()) as {
    items: readonly { id: string }[];
  };
  const stranger = await page.request.get(`${base(NOBODY.connection)}/datasets/${datasets[0]?.id}`);
  expect(stranger.status()).toBe(404);
  const foreign = await page.request.post(`${base(connectionId)}/history`, {
    headers: { origin: 'https://elsewhere.example' },
    data: { direction: 'undo' },
  });
  expect(foreign.status()).toBe(403);
});
