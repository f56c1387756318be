import { test as base, type Cookie, expect, type Page, type Request } from '@playwright/test';
import type { Role } from '#lib/domain/account/role.ts';
import { knownSecrets, leaks } from './leaks.ts';
import { processWarnings } from './process-warnings.ts';
import { type Account, type Product, startProduct } from './product.ts';

export { expect } from '@playwright/test';
export { expectAccessible } from './accessibility.ts';

interface TestFixtures {
  /** Expected errors of pages, by their text; any other error fails the test. */
  readonly allowedErrors: readonly RegExp[];
  /** Gives the browser a session with this role: signs in by the form the first time, and reuses the session later. */
  readonly signIn: (page: Page, role?: Role) => Promise<void>;
}

interface WorkerFixtures {
  /** Settings of the product besides those that all tests share. */
  readonly settings: Readonly<Record<string, string>>;
  readonly app: Product;
}

/** Playwright's `test` with a started product, and pages on which any error fails the test. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  settings: [{}, { option: true, scope: 'worker' }],

  app: [
    async ({ settings }, use) => {
      const product = await startProduct(settings);
      try {
        await use(product);
        await expectQuiet(product);
      } finally {
        await product.stop();
      }
    },
    { scope: 'worker', timeout: 240_000 },
  ],

  baseURL: async ({ app }, use) => use(app.baseUrl),

  allowedErrors: [[], { option: true }],

  page: async ({ page, allowedErrors }, use) => {
    const errors: string[] = [];
    watch(page, errors);
    page.context().on('page', (other) => watch(other, errors));
    await use(page);
    expect(errors.filter((error) => !allowedErrors.some((allowed) => allowed.test(error)))).toEqual([]);
  },

  signIn: async ({ app }, use) => {
    await use(async (page, role = 'admin') => {
      const sessions = sessionsOf(app);
      const known = sessions.get(role);
      if (known !== undefined && Date.now() - known.at < FRESH_MS) {
        await page.context().addCookies([...known.cookies]);
        return;
      }
      await signInByForm(page, await app.account(role));
      sessions.set(role, { at: Date.now(), cookies: await page.context().cookies() });
    });
  },
});

/** What the product said contains no secret and no warning of Node. */
export async function expectQuiet(product: Product): Promise<void> {
  expect(leaks(product.output(), await knownSecrets(product)), 'in what the product said during all tests').toEqual([]);
  expect(processWarnings(product.output()), 'warnings of Node in its processes').toEqual([]);
}

/** How long a session is reused, milliseconds; sensitive actions need a sign-in within ten minutes. */
const FRESH_MS = 6 * 60_000;

interface OpenSession {
  readonly at: number;
  readonly cookies: readonly Cookie[];
}

/** Open sessions, by role. */
const SESSIONS = new WeakMap<Product, Map<Role, OpenSession>>();

function sessionsOf(app: Product): Map<Role, OpenSession> {
  const known = SESSIONS.get(app) ?? new Map<Role, OpenSession>();
  SESSIONS.set(app, known);
  return known;
}

/** Signs in by the form, and waits for the next page. */
export async function signInByForm(page: Page, { email, password }: Account): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL((url) => url.pathname !== '/sign-in');
}

const WATCHED = new WeakSet<Page>();

/** Collects console errors, uncaught exceptions and failed requests of a page and its frames. */
function watch(page: Page, errors: string[]): void {
  if (WATCHED.has(page)) return;
  WATCHED.add(page);
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => errors.push(`exception: ${error.stack ?? error.message}`));
  page.on('response', (response) => {
    if (response.status() >= 500) errors.push(`response: ${response.status()} ${response.url()}`);
  });
  page.on('requestfailed', (request) => {
    if (!isAborted(request)) errors.push(`request: ${request.failure()?.errorText} ${request.url()}`);
  });
}

/** Leaving a page aborts its requests, including event streams. */
function isAborted(request: Request): boolean {
  return request.failure()?.errorText === 'net::ERR_ABORTED';
}
