import { expect, type Page } from '@playwright/test';
import type { EmulatorInfo } from '#lib/emulator/info.ts';

/** Somebody of the demo tenant. */
export interface DemoAccount {
  readonly username: string;
  readonly password: string;
}

export const PASTE_LABEL = 'Complete authentication with the code provided by the source';

/** Opens the dialog with all of its fields and fills in the demo tenant's values. */
export async function openDialogWithDemoTenant(page: Page): Promise<void> {
  await page.goto('/connections/new/entra');
  await page.getByRole('button', { name: 'Try the demo tenant' }).click();
  await expect(page.getByLabel('Client ID')).not.toHaveValue('');
  await page.getByRole('button', { name: 'Advanced' }).click();
}

/** Presses Authenticate and signs in at the demo tenant; resolves with the window, which shows the redirect page. */
export async function authenticate(page: Page, account: DemoAccount): Promise<Page> {
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('button', { name: 'Authenticate', exact: true }).click(),
  ]);
  await signInAtMicrosoft(popup, account);
  await popup.getByRole('textbox', { name: 'Authentication code' }).waitFor();
  return popup;
}

/** The demo tenant's own pages: pick or type the account, the password, and consent when it is asked for. */
export async function signInAtMicrosoft(popup: Page, { username, password }: DemoAccount): Promise<void> {
  const known = popup.getByText(username, { exact: true });
  await popup.getByText('Pick an account').waitFor();
  await known.first().click();
  const field = popup.locator('input[type=password]');
  const code = popup.getByRole('textbox', { name: 'Authentication code' });
  const accept = popup.getByRole('button', { name: 'Accept' });
  await expect(field.or(code).or(accept)).toBeVisible();
  if (await field.isVisible()) {
    await field.fill(password);
    await popup.getByRole('button', { name: 'Sign in' }).click();
    await expect(code.or(accept)).toBeVisible();
  }
  if (await accept.isVisible()) await accept.click();
}

/** The paste path: Copy on the redirect page, Ctrl+V in the dialog, Verify. */
export async function pasteAndVerify(page: Page, popup: Page): Promise<void> {
  const code = await popup.getByRole('textbox', { name: 'Authentication code' }).inputValue();
  // Pressed again when it came before the page was alive.
  await expect(async () => {
    await popup.getByRole('button', { name: 'Copy', exact: false }).first().click();
    expect(await popup.evaluate(() => navigator.clipboard.readText())).toBe(code);
  }).toPass();
  await popup.close();
  await page.bringToFront();
  await page.getByLabel(PASTE_LABEL).click();
  await page.keyboard.press('Control+V');
  await page.getByRole('button', { name: 'Verify', exact: true }).click();
}

/**
 * A connection to the demo tenant, by the paste path; ends on its metadata page. Its access isn't checked: half a minute of the demo tenant's
 * quotas for each, which tests that wait for a check would wait for as well.
 */
export async function createDemoConnection(page: Page, info: EmulatorInfo, name?: string): Promise<void> {
  await openDialogWithDemoTenant(page);
  const [account] = info.users;
  if (account === undefined) throw new Error('the demo tenant has no users');
  await pasteAndVerify(page, await authenticate(page, account));
  await expect(page.getByText('Verified', { exact: true })).toBeVisible({ timeout: 20_000 });
  if (name !== undefined) await page.getByLabel('Connection name').fill(name);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.waitForURL(/\/connections\/conn_\w+\/metadata/);
  await cancelJobs(page);
}

/** What is queued or under way for the metadata of the page's connection. */
async function cancelJobs(page: Page): Promise<void> {
  const { origin, pathname } = new URL(page.url());
  const path = `/api/v1${pathname}/jobs`;
  const { items: jobs } = (await (await page.request.get(path)).json()) as {
    items: readonly { id: string; endedAt: string | null }[];
  };
  for (const { id } of jobs.filter(({ endedAt }) => endedAt === null)) {
    expect((await page.request.delete(`${path}/${id}`, { headers: { origin } })).status()).toBe(200);
  }
}

/** Waits for the run of the page to end in `state`, as its badge says. */
export async function untilRunEnds(page: Page, state: 'Done' | 'Failed' | 'Cancelled' | 'Done with problems'): Promise<void> {
  await expect(page.locator('header').getByText(state, { exact: true })).toBeVisible({ timeout: 60_000 });
}
