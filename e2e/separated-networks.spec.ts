import type { Page } from '@playwright/test';
import { type Rows, readLandedRows } from '#lib/executor/testing/tenant-rows.ts';
import type { Caller } from '#lib/gateway/testing/networks/callers.ts';
import { whyNoNetworkNamespaces } from '#lib/gateway/testing/networks/network-namespaces.ts';
import { expect } from './support/fixtures.ts';
import { type GatewayProcess, type GatewaySurroundings, startGatewayProcess } from './support/gateway-process.ts';
import type { Product } from './support/product.ts';
import { connectFrom, DATABASE_PORT, PROXY, type Site, test } from './support/separated-networks.ts';
import { authenticate, createGateway, pasteAndVerify, untilRunEnds } from './support/steps.ts';

/*
 * The server, the tenant (Entra and Graph) and the targets are in networks of their own. Why no packet of the server's reaches tenant or target,
 * and none leaves for them:
 * - The server's namespace has two veth pairs, to the person and to the gateway's network, and no default route. Its kernel refuses any other
 *   address before there is a packet, and counts that: the count stays what it was, so that the server did not even try.
 * - The tenant's namespace has two veth pairs as well, to the person and to the gateway's network, which forwards nothing. All addresses that it
 *   exchanged a packet with, and all callers of its servers, are theirs.
 */
test.describe.configure({ mode: 'serial' });
// The authorities of both certificates are the test's own. What the gateway trusts is set as an operator sets it.
test.use({ ignoreHTTPSErrors: true });

const reason = whyNoNetworkNamespaces();
// Reports list the tests, not the reason.
if (reason !== null) process.stdout.write(`The tests of separated networks are skipped: ${reason}.\n`);
test.skip(reason !== null, reason ?? '');

test('server and tenant, server and target cannot reach each other; the gateway reaches both', async ({ site, app }) => {
  const { at, tenantPort, networks } = site;
  const refused = networks.refusedPackets('server');
  const places = [
    [at.tenant, tenantPort],
    [at.tenant, DATABASE_PORT],
    [at.innerDatabase, DATABASE_PORT],
  ] as const;
  for (const [host, port] of places) {
    expect(await connectFrom(site, 'server', host, port)).toBe('ENETUNREACH');
    expect(await connectFrom(site, 'middle', host, port)).toBe('connected');
  }
  expect(networks.refusedPackets('server') - refused).toBe(places.length);
  const { hostname } = new URL(app.baseUrl);
  expect(await connectFrom(site, 'far', hostname, 443)).toBe('ENETUNREACH');
  expect(await connectFrom(site, 'inner', hostname, 443)).toBe('ENETUNREACH');
  expect(await connectFrom(site, 'middle', hostname, 443)).toBe('connected');
});

test('the whole journey through a gateway that reaches server, tenant and target', async ({ site, app, page, signIn }) => {
  test.setTimeout(120_000);
  await signIn(page);
  const refused = site.networks.refusedPackets('server');
  const key = await createGateway(page, app, 'Plant');
  const gateway = startGateway(site, app, { name: 'Plant', key, inside: site.networks.inside('middle') });
  try {
    await travel(site, page, { gateway: 'Plant', targetHost: site.at.tenant });
    expect(await readLandedRows(site.database.url, 'plant')).toEqual(await site.tenant<Rows>('rows'));
  } finally {
    await gateway.stop();
  }
  await expectServerKeptOut(site, refused);
});

test('the whole journey through a gateway behind a proxy, which wants a user name and a password', async ({
  site,
  app,
  page,
  signIn,
}) => {
  test.setTimeout(120_000);
  await signIn(page);
  const refused = site.networks.refusedPackets('server');
  const key = await createGateway(page, app, 'Branch');
  const inside = site.networks.inside('inner');
  const stranger = startGateway(site, app, { name: 'Branch', key, inside, proxy: site.proxyUrl(null) });
  try {
    await expect.poll(() => stranger.output(), { timeout: 20_000 }).toContain('requires a user name and password (407)');
  } finally {
    await stranger.stop();
  }
  await page.reload();
  await expect(page.getByText('Never connected')).toBeVisible();
  expect(await site.tunnels()).toEqual([]);

  const gateway = startGateway(site, app, { name: 'Branch', key, inside, proxy: site.proxyUrl(PROXY) });
  try {
    await travel(site, page, { gateway: 'Branch', targetHost: site.at.innerDatabase });
    expect(await site.tunnels()).toEqual([site.at.server, site.at.tenant].sort());
    expect(await readLandedRows(site.database.url, 'branch')).toEqual(await site.tenant<Rows>('rows'));
  } finally {
    await gateway.stop();
  }
  for (const form of [PROXY.password, encodeURIComponent(PROXY.password)]) expect(gateway.output()).not.toContain(form);
  await expectServerKeptOut(site, refused);
});

/** @param refused packets that the server wanted to send, before the journey. */
async function expectServerKeptOut(site: Site, refused: number): Promise<void> {
  const { networks, tenantPort } = site;
  expect(networks.refusedPackets('server')).toBe(refused);
  const [person, gateway] = [networks.address('person', 'far'), networks.address('middle', 'far')];
  expect(networks.neighbours('far').toSorted()).toEqual([person, gateway].sort());
  const callers = await site.tenant<readonly Caller[]>('callers');
  expect(addressesAt(callers, DATABASE_PORT)).toEqual([gateway]);
  // The official SDK reads within the tenant's network.
  expect(addressesAt(callers, tenantPort)).toEqual([person, gateway, site.at.tenant].sort());
  // The first test asked from the gateway's network.
  const inside = [networks.address('middle', 'inner'), site.at.innerDatabase];
  for (const { address } of await site.innerCallers()) expect(inside).toContain(address);
}

function addressesAt(callers: readonly Caller[], port: number): readonly string[] {
  return callers.flatMap((caller) => (caller.port === port ? [caller.address] : [])).sort();
}

interface GatewayPlace extends Pick<GatewaySurroundings, 'inside'> {
  readonly name: string;
  readonly key: string;
  readonly proxy?: string;
}

/** With what docs/gateway.md says: the authorities to trust, where targets are, and a proxy. */
function startGateway(site: Site, app: Product, { name, key, inside = [], proxy = '' }: GatewayPlace): GatewayProcess {
  const settings = {
    ENTRADA_EXTRA_CA_FILE: site.caFile,
    ENTRADA_TARGET_NETWORKS: `${site.at.tenant}, ${site.at.innerDatabase}`,
    HTTPS_PROXY: proxy,
  };
  return startGatewayProcess(app, name, key, { inside, settings });
}

interface Journey {
  /** Name of the gateway; tables are landed in a schema of this name, in lower case. */
  readonly gateway: string;
  readonly targetHost: string;
}

/** From the dialog, with the gateway chosen, to landed rows and What changed. */
async function travel(site: Site, page: Page, journey: Journey): Promise<void> {
  const connectionId = await connect(site, page, journey);
  await lookAtUsers(page);
  await createTarget(site, page, journey);
  await page.goto(`/tasks/new?connection=${connectionId}&datasets=users,group_members`);
  await page.getByLabel('Task name').fill(`${journey.gateway} people`);
  await page.getByLabel('Target', { exact: true }).click();
  await page.getByRole('option', { name: `${journey.gateway} warehouse` }).click();
  await page.getByLabel('Schema', { exact: true }).fill(journey.gateway.toLowerCase());
  await page.getByRole('button', { name: 'Create and reload' }).click();
  await page.waitForURL(/\/runs\/run_/);
  await untilRunEnds(page, 'Done');
  await page.getByRole('link', { name: 'Open landed table' }).first().click();
  await page.waitForURL(/\/data\//);
  await expect(page.getByText(/Rows 1 to \d+ of/)).toBeVisible();

  const { users } = await site.tenant<{ readonly users: { readonly created: readonly string[] } }>('pass-day');
  await page.goto('/tasks');
  await page
    .getByRole('button', { name: `Reload now ${journey.gateway} people` })
    .first()
    .click();
  await page.waitForURL(/\/runs\/run_/);
  await untilRunEnds(page, 'Done');
  await page.goto(`${new URL(page.url()).pathname}/changes/users?operation=insert`);
  for (const id of users.created) await expect(page.getByText(id).first()).toBeVisible();
}

/** Fills in the dialog, signs in at the tenant in the person's browser, verifies, tests and creates. */
async function connect({ info }: Site, page: Page, { gateway }: Journey): Promise<string> {
  await page.goto('/connections/new/entra');
  await page.getByLabel('Data gateway').click();
  await page.getByRole('option', { name: new RegExp(`^${gateway} · `) }).click();
  await expect(
    page.getByText(`${gateway} sends all requests to Microsoft Entra ID and Graph; this server sends none.`),
  ).toBeVisible({
    timeout: 30_000,
  });
  await page.getByLabel('Client ID').fill(info.clientId);
  await page.getByLabel('Client Secret', { exact: true }).fill(info.clientSecret);
  await page.getByRole('textbox', { name: 'Graph Base URL' }).fill(info.graphBaseUrl);
  await page.getByRole('textbox', { name: 'Tenant' }).fill(info.tenantDomain);
  const [account] = info.users;
  if (account === undefined) throw new Error('the tenant has no users');
  await pasteAndVerify(page, await authenticate(page, account));
  await expect(page.getByText('Verified', { exact: true })).toBeVisible({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Test connection' }).click();
  await expect(page.getByText(/Graph answered as/)).toBeVisible();
  await page.getByLabel('Connection name').fill(`Behind ${gateway}`);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.waitForURL(/\/connections\/conn_\w+\/metadata/);
  return /conn_\w+/.exec(page.url())?.[0] ?? '';
}

/** The preview of the metadata page. */
async function lookAtUsers(page: Page): Promise<void> {
  await page.getByPlaceholder('Search datasets').fill('users');
  await page.getByText('users', { exact: true }).first().click();
  await page.getByRole('tab', { name: 'Preview' }).click();
  await expect(page.getByText('First 50 rows, live from Graph')).toBeVisible();
  await expect(page.getByText('admin@alderfinch.example').first()).toBeVisible();
}

/** Creates a target that the gateway reaches; the entered values are tested first. */
async function createTarget({ database }: Site, page: Page, { gateway, targetHost }: Journey): Promise<void> {
  const { username, password, pathname } = new URL(database.url);
  await page.goto('/targets/new');
  await page.getByText('PostgreSQL', { exact: true }).click();
  await page.getByLabel('Target name').fill(`${gateway} warehouse`);
  await page.getByLabel('Reached from').click();
  await page.getByRole('option', { name: `${gateway} · Connected` }).click();
  await page.getByLabel('Host', { exact: true }).fill(targetHost);
  await page.getByLabel('Database', { exact: true }).fill(pathname.slice(1));
  await page.getByLabel('User', { exact: true }).fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('TLS').click();
  await page.getByRole('option', { name: 'No TLS' }).click();
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(page.getByLabel('Passed')).toHaveCount(4, { timeout: 30_000 });
  await page.getByRole('button', { name: 'Create target' }).click();
  await page.waitForURL(/\/targets\/targ_/);
}
