import { readFileSync } from 'node:fs';
import { expect, expectAccessible, test } from './support/fixtures.ts';
import { list, openMetadata, search, undoneBy } from './support/metadata-page.ts';

/** The first test with a product also waits for its start and creates the connection. */
test.describe.configure({ timeout: 150_000 });

test('generating looks at live rows, shows how far it is, and leaves what is new to be decided', async ({
  app,
  page,
  signIn,
}) => {
  test.setTimeout(240_000);
  await signIn(page);
  await openMetadata(app, page);
  await page.getByRole('button', { name: 'Generate metadata' }).click();
  await page.getByLabel('Rows to sample, per dataset').fill('-1');
  await expect(page.getByRole('button', { name: 'Generate', exact: true })).toBeDisabled();
  await page.getByLabel('Rows to sample, per dataset').fill('3');
  await page.getByRole('checkbox', { name: /^Only rows of the \d+ selected datasets/ }).check();
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  const banner = page.getByRole('region', { name: 'Generating metadata' });
  await expect(banner.getByRole('progressbar')).toBeVisible();
  await expect(banner.getByText('Metadata generated')).toBeVisible({ timeout: 180_000 });
  await expect(banner.getByText(/rows sampled/)).toBeVisible();
  await page.getByRole('button', { name: /^Changes/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Changes of the metadata' });
  await expect(dialog.getByText('$metadata of Graph', { exact: true })).toBeVisible();
  await expect(dialog.getByText('The document has not changed since the last generation.')).toBeVisible();
  const keep = dialog.getByRole('button', { name: 'Keep everything' });
  await keep.click();
  await expect(dialog.getByText('There is no difference to decide.')).toBeVisible();
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Generate metadata' }).click();
  // Sampling all datasets takes long enough to cancel it.
  await page.getByRole('checkbox', { name: /^Only rows of the/ }).uncheck();
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await banner.getByRole('button', { name: 'Cancel' }).click();
  await expect(banner.getByText('Generating was cancelled')).toBeVisible({ timeout: 60_000 });
});

test('checking access says of each dataset whether it is readable, and why not', async ({ app, page, signIn }) => {
  test.setTimeout(240_000);
  await app.emulatorAdmin('faults', { graph: { unlicensed: 'auditLogs/signIns' } });
  try {
    await signIn(page);
    await openMetadata(app, page, '?dataset=sign_ins');
    // A new connection is probed automatically; waits for the end.
    await expect(page.getByRole('button', { name: 'Check access' })).toBeEnabled({ timeout: 180_000 });
    await page.getByRole('button', { name: 'Check access' }).click();
    const banner = page.getByRole('region', { name: 'Checking access' });
    await expect(banner.getByText('Access checked')).toBeVisible({ timeout: 180_000 });
    await expect(banner.getByText(/datasets: readable/)).toBeVisible();
    await expect(page.getByRole('button', { name: /^Needs licence: / })).toBeVisible();
    await search(page).fill('sign_ins');
    await list(page).getByRole('link').first().focus();
    await expect(page.getByRole('tooltip')).toContainText(/licen/i);
    await expectAccessible(page);
  } finally {
    await app.emulatorAdmin('faults', { graph: null });
  }
});

test('an export imported again changes nothing; a changed file shows its difference; a broken one says where', async ({
  app,
  page,
  signIn,
}) => {
  await signIn(page);
  await openMetadata(app, page, '?dataset=groups');
  const exportAs = async (format: RegExp) => {
    await page.getByRole('button', { name: 'Export metadata' }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: format }).click()]);
    return readFileSync(await download.path(), 'utf8');
  };
  expect(await exportAs(/^SQL DDL/)).toContain('CREATE TABLE');
  expect(JSON.parse(await exportAs(/^JSON Schema/))).toHaveProperty('$schema');
  expect(await exportAs(/^YAML/)).toContain('format: entrada-metadata');
  const json = await exportAs(/^JSON to/);

  await page.getByRole('button', { name: 'Import metadata' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import metadata' });
  const file = (text: string) => ({ name: 'metadata.json', mimeType: 'application/json', buffer: Buffer.from(text) });
  const choose = dialog.locator('input[type=file]');
  await choose.setInputFiles(file(json));
  await expect(dialog.getByText('The file changes nothing.')).toBeVisible({ timeout: 20_000 });
  await expect(dialog.getByRole('button', { name: 'Apply' })).toBeDisabled();
  await choose.setInputFiles(file(json.replace('"title": "Groups"', '"title": 7')));
  await expect(dialog.getByText(/datasets\[\d+\]\.title/)).toBeVisible({ timeout: 20_000 });
  await choose.setInputFiles(file(json.replace('"title": "Groups"', '"title": "Teams and groups"')));
  await expect(dialog.getByText('The file changes 1 dataset.')).toBeVisible({ timeout: 20_000 });
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByText('Imported the metadata')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Teams and groups' })).toBeVisible();
  await undoneBy(page, 'Control+z');
  await expect(page.getByRole('heading', { name: 'Groups', exact: true })).toBeVisible();
});
