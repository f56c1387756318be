import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import type { Product } from './support/product.ts';
import { expectFitInEveryLayout } from './support/screenshots.ts';
import { createDemoConnection } from './support/steps.ts';

/** Resident memory of the product's web process, MB; null where there is no /proc. Finds the process by its command line and data folder. */
function residentMb({ dataDir }: Product): number | null {
  const ids = process.platform === 'linux' ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  const id = ids.find((one) => {
    try {
      const args = readFileSync(`/proc/${one}/cmdline`, 'utf8').split('\0');
      return args.includes('web') && readFileSync(`/proc/${one}/environ`, 'utf8').includes(`=${dataDir}\0`);
    } catch {
      return false;
    }
  });
  return id === undefined ? null : Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1]) / 1024;
}

/** Number of events of the stream that are checked. */
const EVENTS = 10;
/** Maximum size, bytes, of the page, of the first event, which contains the whole run, and of later events. */
const HTML_MAX = 250_000;
const FIRST_MAX = 250_000;
const CHANGE_MAX = 20_000;
/** Maximum memory that watching may add to the web process, MB; it was 450 when each poll read every definition. */
const ADDED_MAX = 150;
/** Maximum memory of the web process, MB; it was 628 before its heap was limited. */
const RESIDENT_MAX = 340;

test.use({ settings: { ENTRADA_WEB_HEAP: 'small' } });

test('a run of every dataset of the tenant is shown and watched at little cost', async ({ app, page, signIn }) => {
  test.setTimeout(240_000);
  await signIn(page);
  const connectionId = (await createDemoConnection(app, page, 'All of it')).split('/')[2];
  const listed = await page.request.get(`/api/v1/connections/${connectionId}/metadata/datasets?limit=1000`);
  const names = ((await listed.json()) as { items: readonly { name: string }[] }).items.map(({ name }) => name);
  expect(names.length).toBeGreaterThan(280);
  await page.goto(`/tasks/new?connection=${connectionId}&datasets=${names.join(',')}`);
  await page.getByLabel('Task name').fill('All of it');
  await page.getByRole('button', { name: 'Create and reload' }).click();
  await page.waitForURL(/\/runs\/run_/, { timeout: 60_000 });
  const path = new URL(page.url()).pathname;
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const before = residentMb(app);

  const events = await firstEvents(`${app.baseUrl}/api/v1${path}/events`, cookie, EVENTS);
  const changes = events.slice(1).map(({ length }) => length);
  console.log(`first event ${events[0]?.length} B, then ${changes.join(', ')} B`);
  expect(events[0]?.length).toBeLessThan(FIRST_MAX);
  for (const bytes of changes) expect(bytes).toBeLessThan(CHANGE_MAX);
  const html = Buffer.from(await (await fetch(app.baseUrl + path, { headers: { cookie, accept: 'text/html' } })).arrayBuffer());
  console.log(`HTML ${html.length} B, compressed ${gzipSync(html).length} B`);
  expect(html.length).toBeLessThan(HTML_MAX);
  const after = residentMb(app);
  console.log(`web process: ${before?.toFixed(0)} MB before, ${after?.toFixed(0)} MB after`);
  if (before !== null && after !== null) expect(after - before).toBeLessThan(ADDED_MAX);
  if (after !== null) expect(after).toBeLessThan(RESIDENT_MAX);

  await expectFitInEveryLayout(page, '-large-run');
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(page.getByRole('region', { name: 'Datasets' }).locator('tbody')).toHaveCount(names.length);
  await page.getByLabel('Group datasets').selectOption('Grouped by area');
  await page.getByRole('button', { name: /^Roles/ }).click();
  const scripts = await countScripts(page);
  await page.getByRole('button', { name: 'Show charts' }).click();
  await page.getByRole('button', { name: 'Show as table' }).click();
  await expect(page.getByRole('table', { name: 'The run over time' }).getByRole('rowheader').first()).toBeVisible();
  expect(await countScripts(page), 'the code of charts is loaded when they are shown').toBeGreaterThan(scripts);
  await page.getByRole('button', { name: 'Cancel run' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel run' }).click();
  await expect(page.locator('header').getByText('Cancelled', { exact: true })).toBeVisible({ timeout: 60_000 });
});

/** Number of scripts that the page has loaded. */
function countScripts(page: Page): Promise<number> {
  return page.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => name.includes('.js')).length);
}

/** The first `count` events of a stream as text. */
async function firstEvents(url: string, cookie: string, count: number): Promise<string[]> {
  const stop = new AbortController();
  const { body } = await fetch(url, { headers: { cookie }, signal: stop.signal });
  let text = '';
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (text.split('event: ').length > count + 1) break;
  }
  stop.abort();
  return text
    .split('\n\n')
    .filter((event) => event.startsWith('event: '))
    .slice(0, count);
}
