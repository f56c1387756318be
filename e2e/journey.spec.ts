import type { Page } from '@playwright/test';
import { expect, expectAccessible, signInByForm, test } from './support/fixtures.ts';
import { createSdkClient, type GraphRow, readAllRows } from './support/graph-sdk.ts';
import { queryLanding, readLake, sample, tenantOf } from './support/landed.ts';
import { createConnectionByDialog, untilRunEnds } from './support/steps.ts';

const SELECT =
  'id,displayName,userPrincipalName,accountEnabled,department,mobilePhone,businessPhones,assignedLicenses,createdDateTime,onPremisesExtensionAttributes';
const COMPARED = ['id', 'displayName', 'userPrincipalName', 'accountEnabled', 'department', 'mobilePhone'] as const;

test.describe.configure({ mode: 'serial' });

/** Id of the connection that the first test creates. */
let connectionId = '';

/** Creates a task on the open form (New task) and reloads it; ends on the page of its run. */
async function createAndReload(
  page: Page,
  task: { name: string; namespace: string; target?: string; method?: string },
): Promise<void> {
  await page.getByLabel('Task name').fill(task.name);
  if (task.target !== undefined) {
    await page.getByRole('combobox', { name: 'Target' }).click();
    await page.getByRole('option', { name: task.target }).click();
  }
  if (task.method !== undefined) await page.getByRole('radio', { name: task.method }).check();
  if (task.target === 'lake') {
    await page.getByRole('combobox', { name: 'Folder' }).click();
    await page.getByRole('option', { name: 'Custom' }).click();
  }
  await page.getByLabel(/^(Schema|Path of the folder)$/).fill(task.namespace);
  await page.getByRole('button', { name: 'Create and reload' }).click();
  await page.waitForURL(/\/runs\/run_/);
}

function compareUsers(landed: readonly Readonly<Record<string, unknown>>[], source: readonly GraphRow[]): void {
  expect(landed.length).toBe(source.length);
  const byId = new Map(landed.map((row) => [row['id'], row]));
  for (const user of sample(source, 100)) {
    const row = byId.get(user['id']);
    expect(row, `user ${String(user['id'])}`).toBeDefined();
    for (const name of COMPARED) expect(row?.[name] ?? null).toEqual(user[name] ?? null);
    const json = (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : value);
    for (const name of ['businessPhones', 'assignedLicenses', 'onPremisesExtensionAttributes'])
      expect(json(row?.[name])).toEqual(user[name]);
    // PostgreSQL and Parquet keep microseconds: the seventh digit is truncated.
    const landedAt = row?.['createdDateTime'];
    const milliseconds =
      landedAt instanceof Date ? landedAt.getTime() : Date.parse(String(landedAt).replace(' ', 'T').replace(/\+00$/, 'Z'));
    expect(milliseconds).toBe(Date.parse(String(user['createdDateTime']).replace(/(\.\d{3})\d+Z$/, '$1Z')));
  }
}

test('from an empty data folder to a connection that is verified by the pasted code', async ({ app, page }) => {
  await signInByForm(page, await app.account('admin'));
  await page.getByRole('link', { name: 'Create connection' }).first().click();
  await page.getByRole('link', { name: /Microsoft Entra ID \(Azure Active Directory\)/ }).click();
  await page.waitForURL(/\/connections\/new\/entra$/);
  await createConnectionByDialog(page, await app.emulator(), 'Demo');
  connectionId = /conn_\w+/.exec(page.url())?.[0] ?? '';
  await expect(page.getByRole('heading', { name: 'Connection metadata' })).toBeVisible();
  await expectAccessible(page);
});

test('the metadata page shows the columns and the first rows of users', async ({ page, signIn }) => {
  await signIn(page);
  await page.goto('/connections');
  await page.getByRole('link', { name: 'Demo', exact: true }).first().click();
  await page
    .getByRole('link', { name: /metadata/i })
    .first()
    .click();
  await page.getByPlaceholder('Search datasets').fill('users');
  await page.getByText('users', { exact: true }).first().click();
  await page.getByPlaceholder('Search columns').fill('userPrincipal');
  await expect(page.getByText('userPrincipalName').first()).toBeVisible();
  await page.getByRole('tab', { name: 'Preview' }).click();
  await expect(page.getByText('First 50 rows, live from Graph')).toBeVisible();
  await expect(page.getByText('admin@alderfinch.example').first()).toBeVisible();
  await expectAccessible(page);
});

test('Reload and compare lands what the official Graph SDK reads', async ({ app, page, signIn }) => {
  await signIn(page);
  await page.goto(`/tasks/new?connection=${connectionId}`);
  await createAndReload(page, { name: 'Compare', namespace: 'compare' });
  await untilRunEnds(page, 'Done');
  await expectAccessible(page);
  const client = await createSdkClient(tenantOf(await app.emulator()));
  const users = await readAllRows(client, `/users?$select=${SELECT}&$top=999`);
  compareUsers(await queryLanding(app, 'SELECT * FROM compare.users'), users);
  const groups = await readAllRows(client, '/groups?$select=id&$top=999');
  const members = new Set<string>();
  for (const { id } of groups) {
    const rows = await readAllRows(client, `/groups/${String(id)}/members?$select=id&$top=999&$count=true`, {
      ConsistencyLevel: 'eventual',
    });
    for (const row of rows) members.add(`${String(id)}/${String(row['id'])}`);
  }
  const landed = await queryLanding(app, `SELECT group_id || '/' || id AS name FROM compare.group_members`);
  expect(new Set(landed.map((row) => String(row['name'])))).toEqual(members);
});

test('Full load lands the same rows', async ({ app, page, signIn }) => {
  await signIn(page);
  await page.goto(`/tasks/new?connection=${connectionId}`);
  await createAndReload(page, { name: 'Load', namespace: 'loaded', method: 'Full load' });
  await untilRunEnds(page, 'Done');
  const client = await createSdkClient(tenantOf(await app.emulator()));
  compareUsers(
    await queryLanding(app, 'SELECT * FROM loaded.users'),
    await readAllRows(client, `/users?$select=${SELECT}&$top=999`),
  );
});

test('Reload writes the same rows to the lake', async ({ app, page, signIn }) => {
  await signIn(page);
  await page.goto(`/tasks/new?connection=${connectionId}`);
  await createAndReload(page, { name: 'Lake', namespace: 'lake_users', target: 'lake' });
  await untilRunEnds(page, 'Done');
  const client = await createSdkClient(tenantOf(await app.emulator()));
  compareUsers(await readLake(app, 'lake_users', 'users'), await readAllRows(client, `/users?$select=${SELECT}&$top=999`));
});

test('after the tenant has changed, a second reload finds exactly what changed', async ({ app, page, signIn }) => {
  const { stdout } = await app.cli(['emulator', 'mutate']);
  const { users, group_members } = JSON.parse(stdout) as {
    users: Record<'created' | 'updated' | 'deleted', string[]>;
    group_members: Record<'created' | 'deleted', string[]>;
  };
  await signIn(page);
  await page.goto('/tasks');
  await page.getByRole('link', { name: 'Compare', exact: true }).first().click();
  await page.getByRole('button', { name: 'Reload now Compare' }).first().click();
  await page.waitForURL(/\/runs\/run_/);
  await untilRunEnds(page, 'Done');
  const runId = /run_\w+/.exec(page.url())?.[0];
  const changed = async (table: string, operation: string, key: string): Promise<string[]> => {
    const rows = await queryLanding(
      app,
      `SELECT ${key} AS key FROM compare.${table}__ct WHERE hdr__run_id = '${runId}' AND hdr__operation = '${operation}'`,
    );
    return rows.map((row) => String(row['key'])).sort();
  };
  expect(await changed('users', 'I', 'id')).toEqual(users.created.toSorted());
  expect(await changed('users', 'U', 'id')).toEqual(users.updated.toSorted());
  expect(await changed('users', 'D', 'id')).toEqual(users.deleted.toSorted());
  expect(await changed('group_members', 'I', "group_id || '/' || id")).toEqual(group_members.created.toSorted());
  expect(await changed('group_members', 'D', "group_id || '/' || id")).toEqual(group_members.deleted.toSorted());
  const client = await createSdkClient(tenantOf(await app.emulator()));
  compareUsers(
    await queryLanding(app, 'SELECT * FROM compare.users'),
    await readAllRows(client, `/users?$select=${SELECT}&$top=999`),
  );

  await page.getByRole('link', { name: 'What changed' }).last().click();
  await expect(page.getByRole('heading', { name: /What changed/ })).toBeVisible();
  await expectAccessible(page);
});

test('the landed rows have a page', async ({ page, signIn }) => {
  await signIn(page);
  await page.goto('/tasks');
  await page.getByRole('link', { name: 'Compare', exact: true }).first().click();
  await page.getByRole('link', { name: /users Landed rows/ }).click();
  await expect(page.getByText(/^Rows 1 to 200 of 4\d\d$/)).toBeVisible();
  await expectAccessible(page);
});

test('a run can be started and awaited from a script', async ({ app }) => {
  const done = await app.cli(['run', 'Compare', '--wait']);
  expect(done).toMatchObject({ code: 0 });
  expect(done.stdout).toMatch(/Compare: Done/);
  const unknown = await app.cli(['run', 'No such task', '--wait']);
  expect(unknown).toMatchObject({ code: 1, stdout: '' });
  expect(unknown.stderr).toContain('No task has the name or id No such task');
});

test('the printed landing URL can only read', async ({ app }) => {
  await expect(queryLanding(app, 'CREATE TABLE compare.mine (a int)')).rejects.toThrow(/read-only|permission/);
  await expect(queryLanding(app, 'SELECT * FROM entrada_staging.published')).rejects.toThrow(/permission/);
});
