import { AxeBuilder } from '@axe-core/playwright';
import { test as base, type Cookie, expect, type Page, type Request } from '@playwright/test';
import type { Role } from '#lib/domain/account/role.ts';
import { knownSecrets, leaks } from './leaks.ts';
import { processWarnings } from './process-warnings.ts';
import { type Account, type Product, startProduct } from './product.ts';

export { expect } from '@playwright/test';

interface TestFixtures {
  /** Errors of pages that a test provokes, by their text; any other one fails it. */
  readonly allowedErrors: readonly RegExp[];
  /** Makes the browser one that this role has signed in with: by the page's form the first time, with that session from then on. */
  readonly signIn: (page: Page, role?: Role) => Promise<void>;
}

interface WorkerFixtures {
  /** Settings of the product besides those that all tests share. */
  readonly settings: Readonly<Record<string, string>>;
  readonly app: Product;
}

/** Playwright's `test` with a product that was started as a person would, and pages that tolerate no error. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  settings: [{}, { option: true, scope: 'worker' }],

  app: [
    async ({ settings }, use) => {
      const product = await startProduct(settings);
      try {
        await use(product);
        expect(leaks(product.output(), await knownSecrets(product)), 'in what the product said during all tests').toEqual([]);
        expect(processWarnings(product.output()), 'warnings of Node in its processes').toEqual([]);
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

/** So long a sign-in is good for what is sensitive, which asks for the password after ten minutes. */
const FRESH_MS = 6 * 60_000;

interface OpenSession {
  readonly at: number;
  readonly cookies: readonly Cookie[];
}

/** Sessions that are open, by role. */
const SESSIONS = new WeakMap<Product, Map<Role, OpenSession>>();

function sessionsOf(app: Product): Map<Role, OpenSession> {
  const known = SESSIONS.get(app) ?? new Map<Role, OpenSession>();
  SESSIONS.set(app, known);
  return known;
}

/** Signs in as a person does, and waits for the page behind the form. */
export async function signInByForm(page: Page, { email, password }: Account): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL((url) => url.pathname !== '/sign-in');
}

const WATCHED = new WeakSet<Page>();

/** Console errors, exceptions nobody caught, and requests that failed, of one page and its frames. */
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

/** Leaving a page aborts what it was still loading, an event stream too. */
function isAborted(request: Request): boolean {
  return request.failure()?.errorText === 'net::ERR_ABORTED';
}

const COLOR_RULE = 'color-contrast';
const WCAG_TAGS = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];

/**
 * No serious or critical fault by the rules of WCAG 2.2 AA that a program can check.
 * @param rules all of them, those of colors alone, or all others.
 */
export async function expectAccessible(page: Page, rules: 'all' | 'colors' | 'others' = 'all'): Promise<void> {
  // Within the page: by default each look opens another page for the result, which takes seconds. Ours have no frames of elsewhere.
  // Of what passes nothing is read: to describe each element of it took a third of the time.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
  if (rules === 'colors') axe.withRules([COLOR_RULE]);
  else axe.withTags(WCAG_TAGS);
  if (rules === 'others') axe.disableRules([COLOR_RULE]);
  const { violations } = await axe.analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(grave.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.target.join(' ')) }))).toEqual([]);
}
