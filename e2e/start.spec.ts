import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseExposition } from '#lib/platform/metrics/testing/parse-exposition.ts';
import { expect, expectAccessible, signInByForm, test } from './support/fixtures.ts';

test('a product started on an empty data folder sends the signed-out to sign in, and lets them in', async ({ app, page }) => {
  expect(app.output()).toContain(`Entrada is ready at ${app.baseUrl}`);
  await page.goto('/connections');
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expectAccessible(page);
  await signInByForm(page, await app.account('admin'));
  await page.goto('/connections');
  await expect(page).toHaveURL(/\/connections$/);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expectAccessible(page);
});

test('a viewer made at the command line can sign in', async ({ app, page }) => {
  const viewer = await app.account('viewer');
  await signInByForm(page, viewer);
  const again = await app.cli(['admin', 'create-user', viewer.email, '--password-stdin'], 'any password at all');
  expect(again).toMatchObject({ code: 1, stdout: '' });
  expect(again.stderr).toContain('Another account already has this e-mail address.');
});

test('the web server and the worker answer scrapes with every metric that the dashboard names', async ({ app }) => {
  await fetch(`${app.baseUrl}/api/health/live`);
  const port = Number(app.env['ENTRADA_METRICS_PORT']);
  const [web, worker] = await Promise.all(
    [port, port + 1].map(async (at) => parseExposition(await (await fetch(`http://127.0.0.1:${at}/metrics`)).text())),
  );
  expect(
    web?.get('entrada_http_answers_total')?.get('entrada_http_answers_total{method="GET",status="2xx",part="web"}'),
  ).toBeGreaterThan(0);
  expect(worker?.get('entrada_queue_jobs')).toBeDefined();
  const dashboard = readFileSync(join(import.meta.dirname, '../docs/deploy/grafana.json'), 'utf8');
  const named = new Set(dashboard.match(/\bentrada_\w+/g)?.map((name) => name.replace(/_bucket$/, '')));
  expect(named.size).toBeGreaterThan(9);
  expect([...named].filter((name) => !web?.has(name) && !worker?.has(name))).toEqual([]);
});

test("nothing in the data folder may be read by others; as root, PostgreSQL's user may pass through", async ({ app }) => {
  const open: string[] = [];
  const walk = (dir: string): void => {
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      const path = join(dir, entry.name);
      const name = relative(app.dataDir, path);
      // The server's programs, which root has to copy.
      if (name === join('postgres', 'pg-bin') || entry.isSymbolicLink()) continue;
      const allowed = name === 'postgres' && process.getuid?.() === 0 ? 0o711 : 0o700;
      const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
      if ((mode & 0o777 & ~allowed) !== 0) open.push(`${name} ${(mode & 0o777).toString(8)}`);
      if (entry.isDirectory()) walk(path);
    }
  };
  walk(app.dataDir);
  expect(open).toEqual([]);
});
