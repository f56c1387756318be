import type { Page } from '@playwright/test';
import { expect } from './fixtures.ts';

/** Valid ids of objects that do not exist: a refusal must not depend on their existence. */
export const NOBODY = {
  connection: 'conn_22222222222222222222',
  task: 'task_22222222222222222222',
  run: 'run_22222222222222222222',
} as const;

/** Checks that signed-out people are redirected to sign in from each page, and return to it afterwards. */
export async function expectSignedOutRefused(page: Page, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await page.goto(path);
    const url = new URL(page.url());
    expect(url.pathname, path).toBe('/sign-in');
    expect(url.searchParams.get('callbackUrl'), path).toBe(path);
  }
}

/** Checks that an API call without a session answers 401 with a problem document (RFC 9457) and no data. */
export async function expectApiUnauthenticated(page: Page, method: 'GET' | 'POST', path: string): Promise<void> {
  const response = await page.request.fetch(path, { method, maxRedirects: 0 });
  expect(response.status(), path).toBe(401);
  expect(response.headers()['content-type']).toContain('application/problem+json');
  expect(await response.json()).toMatchObject({ code: 'unauthenticated' });
}
