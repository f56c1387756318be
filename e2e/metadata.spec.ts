import { expect, expectAccessible, test } from './support/fixtures.ts';
import { createSdkClient, readAllRows } from './support/graph-sdk.ts';
import { queryLanding, tenantOf } from './support/landed.ts';
import { list, openMetadata, search, selectedCount, undoneBy } from './support/metadata-page.ts';
import { quantile, searchPaints, watchSearchPaints } from './support/paint-times.ts';
import { expectFitInEveryLayout } from './support/screenshots.ts';
import { untilRunEnds } from './support/steps.ts';

/** The first test with a product also waits for its start and creates the connection. */
test.describe.configure({ timeout: 150_000 });

test('every type of v1.0 is in the list: found by name, path, type and column, with the best hit first', async ({
  app,
  page,
  signIn,
}) => {
  await signIn(page);
  await openMetadata(app, page);
  const best = () => list(page).getByRole('link').first();
  for (const [query, name] of [
    ['group_mem', 'Group members'],
    ['auditLogs/signIns', 'Sign-ins'],
    ['employeeHireDate', 'Users'],
  ] as const) {
    await search(page).fill(query);
    await expect(best()).toContainText(name);
  }
  await search(page).fill('planner');
  await expect(
    list(page)
      .getByRole('button', { name: /More of \$metadata/ })
      .first(),
  ).toBeVisible();
  await expect(list(page).getByText('advanced').first()).toBeVisible();
  await search(page).fill('no such thing');
  await expect(page.getByText(/No dataset has “no such thing”/)).toBeVisible();
});

test('a search key is painted within 50 ms with every type loaded, and nothing around the list moves', async ({
  app,
  page,
  signIn,
}) => {
  await signIn(page);
  await openMetadata(app, page);
  // A new connection is probed automatically; its load must not affect the measurement.
  await expect(page.getByRole('button', { name: 'Check access' })).toBeEnabled({ timeout: 120_000 });
  await search(page).click();
  await watchSearchPaints(page);
  const places = async () => ({
    search: await search(page).boundingBox(),
    list: await list(page).boundingBox(),
    tab: await page.getByRole('tablist').boundingBox(),
  });
  const before = await places();
  const keys = [...'group owners', ...Array<string>(6).fill('Backspace'), ...'member'];
  let [median, p95] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  // Measured up to three times, since another test uses the same machine.
  for (let round = 0; round < 3 && median >= 50; round++) {
    await search(page).fill('');
    const earlier = (await searchPaints(page)).length;
    for (const [index, key] of keys.entries()) {
      await page.keyboard.press(key === ' ' ? 'Space' : key);
      await expect.poll(async () => (await searchPaints(page)).length).toBe(earlier + index + 1);
    }
    const times = (await searchPaints(page)).slice(earlier);
    [median, p95] = [quantile(times, 0.5), quantile(times, 0.95)];
    console.log(`search key to painted result: median ${median.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms of ${times.length} keys`);
  }
  test
    .info()
    .annotations.push({ type: 'search key to paint', description: `median ${median.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms` });
  expect(await places()).toEqual(before);
  expect(median).toBeLessThan(50);
});

test('the keyboard goes through the list, folds, chooses and opens', async ({ app, page, signIn }) => {
  await signIn(page);
  await openMetadata(app, page);
  await page.keyboard.press('/');
  await expect(search(page)).toBeFocused();
  await page.keyboard.type('devices');
  await page.keyboard.press('ArrowDown');
  const first = list(page).getByRole('link').first();
  await expect(first).toBeFocused();
  const box = list(page).getByRole('checkbox', { name: 'Select devices', exact: true });
  await expect(box).not.toBeChecked();
  await page.keyboard.press('Space');
  await expect(box).toBeChecked();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/dataset=devices/);
  await page.keyboard.press('ArrowUp');
  const head = list(page)
    .getByRole('button', { name: /Devices/ })
    .first();
  await expect(head).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(head).toHaveAttribute('aria-expanded', 'false');
  await undoneBy(page, 'Control+z');
  await page.keyboard.press('ArrowRight');
  await expect(box).not.toBeChecked();
});

test('datasets are chosen in ranges, by what is shown and by chips, and every choice can be taken back', async ({
  app,
  page,
  signIn,
}) => {
  await signIn(page);
  await openMetadata(app, page);
  await expect(selectedCount(page)).toHaveText('3 datasets selected');
  const boxes = list(page).getByRole('checkbox', { name: /^Select (?!all)/ });
  await boxes.nth(1).click();
  await boxes.nth(4).click({ modifiers: ['Shift'] });
  await expect(selectedCount(page)).toHaveText('7 datasets selected');
  await undoneBy(page, 'Control+z');
  await undoneBy(page, 'Control+z');
  await expect(selectedCount(page)).toHaveText('3 datasets selected');
  await undoneBy(page, 'Control+Shift+z');
  await expect(selectedCount(page)).toHaveText('4 datasets selected');
  await page.getByRole('button', { name: /^Undo: Select/ }).click();
  await expect(selectedCount(page)).toHaveText('3 datasets selected');
  await page.getByRole('button', { name: 'Selected', exact: true }).click();
  await expect(list(page).getByRole('link')).toHaveCount(3);
  await page.getByRole('button', { name: 'Clear', exact: true }).first().click();
  await search(page).fill('terms of use');
  const all = page.getByRole('button', { name: /^Select all \d+ shown$/ });
  await all.click();
  await expect(page.getByRole('button', { name: /^Deselect all \d+ shown$/ })).toBeVisible();
  await undoneBy(page, 'Control+z');
  await expect(selectedCount(page)).toHaveText('3 datasets selected');
});

test('columns are renamed, retyped, chosen in bulk and turned into child tables', async ({ app, page, signIn }) => {
  await signIn(page);
  await openMetadata(app, page, '?dataset=users');
  await page.getByPlaceholder('Search columns').fill('displayName');
  await page.getByRole('button', { name: 'displayName', exact: true }).click();
  const name = page.getByLabel('New name of displayName');
  for (const [wrong, words] of [
    ['hdr__x', /hdr__/],
    ['ID', /Another column/],
    ['ä'.repeat(40), /63 bytes/],
  ] as const) {
    await name.fill(wrong);
    await expect(name).toHaveAccessibleDescription(words);
  }
  await name.fill('shown_as');
  await name.press('Enter');
  await expect(page.getByText('Renamed to shown_as')).toBeVisible();
  await expect(page.getByRole('button', { name: 'shown_as', exact: true })).toBeVisible();
  await page.locator('[data-sonner-toast]').getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('button', { name: 'displayName', exact: true })).toBeVisible();

  await page.getByPlaceholder('Search columns').fill('createdDateTime');
  await page.getByRole('button', { name: 'Details of createdDateTime' }).click();
  await page.getByRole('combobox', { name: 'Type' }).click();
  await expect(page.getByRole('option')).toHaveCount(2);
  await page.getByRole('option', { name: 'string', exact: true }).click();
  await expect(page.getByText('createdDateTime is string')).toBeVisible();
  await undoneBy(page, 'Control+z');

  await page.getByPlaceholder('Search columns').fill('assignedLicenses');
  await page.getByRole('button', { name: 'Details of assignedLicenses' }).click();
  await page.getByRole('radio', { name: 'Child table' }).click();
  await expect(page.getByText('assignedLicenses goes to the table users_assigned_licenses')).toBeVisible();
  await expect(selectedCount(page)).toHaveText('4 datasets selected');
  await undoneBy(page, 'Control+z');
  await expect(selectedCount(page)).toHaveText('3 datasets selected');

  await page.getByPlaceholder('Search columns').fill('');
  await page.getByRole('button', { name: 'Choose' }).click();
  await page.getByRole('menuitem', { name: /^Select none/ }).click();
  await expect(page.getByText(/^1 of \d+ selected$/)).toBeVisible();
  await undoneBy(page, 'Control+z');
  await expectAccessible(page);
});

test('the preview shows typed cells, and a row as Graph sent it', async ({ app, page, signIn }) => {
  await signIn(page);
  await openMetadata(app, page, '?dataset=users&tab=preview');
  await expect(page.getByText(/^First 50 rows/)).toBeVisible();
  const grid = page.getByRole('grid', { name: 'First rows of users' });
  await grid.getByRole('button', { name: '1', exact: true }).click();
  const row = page.getByRole('region', { name: 'Row 1 as JSON' });
  await expect(row).toContainText('"userPrincipalName": "admin@alderfinch.example"');
  await row.getByRole('button', { name: 'Copy' }).click();
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText())) as { userPrincipalName: string };
  expect(copied.userPrincipalName).toBe('admin@alderfinch.example');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Refresh' }).click();
  await expect(page.getByText(/^First 50 rows/)).toBeVisible();
});

test('a filter is built from what a property supports, asked of Graph as one goes, and reloads read by it', async ({
  app,
  page,
  signIn,
}) => {
  await signIn(page);
  await openMetadata(app, page, '?dataset=users&tab=filter');
  await page.getByRole('button', { name: 'Condition', exact: true }).click();
  const pick = async (condition: string, property: string) => {
    await page.getByRole('button', { name: new RegExp(`^Property of condition ${condition}:`) }).click();
    await page.getByPlaceholder('Search…').fill(property);
    await page
      .getByRole('option', { name: new RegExp(`^${property} `) })
      .first()
      .click();
  };
  await pick('0', 'accountEnabled');
  await page.getByRole('combobox', { name: 'Value of condition 0' }).click();
  await page.getByRole('option', { name: 'false' }).click();
  const text = page.getByLabel('Resulting $filter');
  await expect(text).toHaveText('accountEnabled eq false');
  const client = await createSdkClient(tenantOf(await app.emulator()));
  const disabled = await readAllRows(client, '/users?$filter=accountEnabled eq false&$select=id&$top=999');
  await expect(page.getByText(`${disabled.length} rows match`)).toBeVisible();
  await page.getByRole('button', { name: 'Condition', exact: true }).click();
  await pick('1', 'userPrincipalName');
  await page.getByRole('combobox', { name: 'Operator of condition 1' }).click();
  await page.getByRole('option', { name: /^ends with/ }).click();
  await page.getByLabel('Value of condition 1').fill("o'neill@x");
  await expect(text).toHaveText("accountEnabled eq false and endswith(userPrincipalName,'o''neill@x')");
  await expect(page.getByText(/ConsistencyLevel: eventual/)).toBeVisible();
  await page.getByRole('button', { name: 'Remove condition 1' }).click();

  await page.getByRole('radio', { name: 'Text' }).click();
  const field = page.getByLabel('$filter', { exact: true });
  await field.fill('accountEnabled eq Anna');
  await expect(field).toHaveAccessibleDescription(/single quotes/);
  await field.fill("id ge 'a'");
  await expect(page.getByRole('alert').filter({ hasText: /not indexed/ })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save filter' })).toBeDisabled();
  await field.fill('accountEnabled eq false');
  await page.getByRole('button', { name: 'Save filter' }).click();
  await expect(page.getByText('Runs read only matching rows of users')).toBeVisible();
  await expectAccessible(page);

  await page.getByRole('tab', { name: 'Preview' }).click();
  await expect(page.getByText(/live from Graph, filtered/)).toBeVisible();
  await page.goto(`/tasks/new?connection=${/conn_\w+/.exec(page.url())?.[0] ?? ''}&datasets=users`);
  await page.getByLabel('Task name').fill('Filtered');
  await page.getByLabel(/^(Schema|Folder)$/).fill('filtered');
  await page.getByRole('button', { name: 'Create and reload' }).click();
  await page.waitForURL(/\/runs\/run_/);
  await untilRunEnds(page, 'Done');
  const landed = await queryLanding(app, 'SELECT id FROM filtered.users ORDER BY id');
  expect(landed.map(({ id }) => String(id))).toEqual(disabled.map(({ id }) => String(id)).sort());
});

test('relationships are a diagram that is walked through, and a neighbour is chosen from it', async ({ app, page, signIn }) => {
  await signIn(page);
  await openMetadata(app, page, '?dataset=groups&tab=relationships');
  const diagram = page.getByRole('region', { name: 'Relationships of groups' });
  await diagram.getByRole('checkbox', { name: 'Select group_owners' }).click();
  await expect(selectedCount(page)).toHaveText('4 datasets selected');
  await undoneBy(page, 'Control+z');
  await diagram
    .getByRole('link', { name: /^Group members\b/ })
    .first()
    .focus();
  await page.keyboard.press('Enter');
  const other = page.getByRole('region', { name: 'Relationships of group_members' });
  await expect(other.getByRole('link', { name: /^Groups/ })).toBeVisible();
  await expect(other.getByRole('link', { name: /^Users/ })).toBeVisible();
  await expectAccessible(page);
});

test('what $metadata offers besides can be added, is marked, and taken out again', async ({ app, page, signIn }) => {
  await signIn(page);
  await openMetadata(app, page);
  await search(page).fill('token issuance');
  await list(page)
    .getByRole('button', { name: /More of \$metadata/ })
    .first()
    .waitFor();
  const offer = list(page).getByRole('link').filter({ hasText: '/' }).first();
  const title = (await offer.locator('span span').first().textContent()) ?? '';
  await offer.click();
  await page.getByRole('button', { name: 'Add to this connection' }).click();
  await expect(page).toHaveURL(/dataset=/);
  await expect(page.getByRole('heading', { name: title })).toBeVisible();
  await expect(page.getByLabel('Open dataset').getByText('advanced', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: /^Remove .* from this connection$/ }).click();
  await expect(page).not.toHaveURL(/dataset=/);
});

test('every tab, light and dark, wide and narrow, is accessible and fits its window', async ({ app, page, signIn }) => {
  await signIn(page);
  const path = await openMetadata(app, page);
  for (const [name, query] of [
    ['list', ''],
    ['columns', '?dataset=users'],
    ['preview', '?dataset=users&tab=preview'],
    ['filter', '?dataset=users&tab=filter'],
    ['relationships', '?dataset=users&tab=relationships'],
  ] as const) {
    await page.goto(`${path}${query}`);
    await page.waitForLoadState('networkidle');
    await expectFitInEveryLayout(page, `-metadata-${name}`);
  }
});
