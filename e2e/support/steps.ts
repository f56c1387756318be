import { type APIRequestContext, expect, type Page } from '@playwright/test';
import type { EmulatorInfo } from '#lib/emulator/info.ts';
import { completeSignIn } from '#lib/emulator/testing/browser.ts';
import type { Product } from './product.ts';

/** An account of the demo tenant. */
export interface DemoAccount {
  readonly username: string;
  readonly password: string;
}

export const PASTE_LABEL = 'Complete authentication with the code provided by the source';

/** Opens the dialog with all fields and fills in the demo tenant's values. */
export async function openDialogWithDemoTenant(page: Page): Promise<void> {
  await page.goto('/connections/new/entra');
  await page.getByRole('button', { name: 'Try the demo tenant' }).click();
  await expect(page.getByLabel('Client ID')).not.toHaveValue('');
  await page.getByRole('button', { name: 'Advanced' }).click();
}

/** Creates a data gateway; ends on its page. @returns its registration key, which the page shows once */
export async function createGateway(page: Page, app: Product, name: string): Promise<string> {
  await page.goto('/gateways');
  await page.getByRole('button', { name: 'Create data gateway' }).first().click();
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  const shown = page.getByRole('region', { name: 'registration key', exact: true });
  await expect(shown).toContainText('egk_');
  const key = (await shown.textContent())?.trim() ?? '';
  await expect(page.getByRole('region', { name: 'command' })).toContainText(`--server ${app.baseUrl}`);
  await page.getByRole('button', { name: 'Done' }).click();
  await page.waitForURL(/\/gateways\/gw_/);
  return key;
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

/** Completes the demo tenant's pages: choose or enter the account, the password, and consent if asked. */
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
  // Pressed again when the page was not hydrated yet.
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

/** A connection to the demo tenant as a person makes it, by the paste path; ends on its metadata page. */
export async function createConnectionByDialog(page: Page, info: EmulatorInfo, name: string): Promise<void> {
  await openDialogWithDemoTenant(page);
  await pasteAndVerify(page, await authenticate(page, administratorOf(info)));
  await expect(page.getByText('Verified', { exact: true })).toBeVisible({ timeout: 20_000 });
  await page.getByLabel('Connection name').fill(name);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.waitForURL(/\/connections\/conn_\w+\/metadata/);
  await cancelJobs(page.request, new URL(page.url()));
}

/**
 * A connection to the demo tenant, made by the API in the session of the page, which stays where it is. Its access isn't checked: half a
 * minute of the demo tenant's quotas for each, which tests that wait for a check would wait for as well.
 * @returns its page, `/connections/conn_...`
 */
export async function createDemoConnection(app: Product, { request }: Page, name: string): Promise<string> {
  const info = await app.emulator();
  const post = async (path: string, data: object): Promise<{ id: string; authorizeUrl: string }> => {
    const response = await request.post(`${app.baseUrl}/api/v1${path}`, { data, headers: { origin: app.baseUrl } });
    if (!response.ok()) throw new Error(`${path} answered ${response.status()}: ${await response.text()}`);
    return response.json();
  };
  const { graphBaseUrl, clientId, clientSecret } = info;
  const verification = await post('/verifications', { graphBaseUrl, clientId, clientSecret });
  const pasted = (await completeSignIn(verification.authorizeUrl, administratorOf(info))).href;
  await post(`/verifications/${verification.id}/code`, { pasted });
  const { id } = await post('/connections', { verificationId: verification.id, name });
  const path = `/connections/${id}`;
  await cancelJobs(request, new URL(path, app.baseUrl));
  return path;
}

function administratorOf({ users: [administrator] }: EmulatorInfo): DemoAccount {
  if (administrator === undefined) throw new Error('the demo tenant has no users');
  return administrator;
}

/** Cancels what is queued or under way for the metadata of the connection whose page, or one below it, is `url`. */
async function cancelJobs(request: APIRequestContext, { origin, pathname }: URL): Promise<void> {
  const path = `${origin}/api/v1/connections/${pathname.split('/')[2]}/metadata/jobs`;
  const { items: jobs } = (await (await request.get(path)).json()) as {
    items: readonly { id: string; endedAt: string | null }[];
  };
  for (const { id } of jobs.filter(({ endedAt }) => endedAt === null)) {
    expect((await request.delete(`${path}/${id}`, { headers: { origin } })).status()).toBe(200);
  }
}

/** Waits until the badge of the run's page shows `state`. */
export async function untilRunEnds(page: Page, state: 'Done' | 'Failed' | 'Cancelled' | 'Done with problems'): Promise<void> {
  await expect(page.locator('header').getByText(state, { exact: true })).toBeVisible({ timeout: 60_000 });
}
