import type { Page } from '@playwright/test';
import { expect } from './fixtures.ts';

/** Ids in the right form that nothing has: whether they exist must not matter to who may not look. */
export const NOBODY = {
  connection: 'conn_22222222222222222222',
  task: 'task_22222222222222222222',
  run: 'run_22222222222222222222',
} as const;

/** The signed-out are sent to sign in from each of these pages, and come back to it afterwards. */
export async function expectSignedOutRefused(page: Page, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await page.goto(path);
    const url = new URL(page.url());
    expect(url.pathname, path).toBe('/sign-in');
    expect(url.searchParams.get('callbackUrl'), path).toBe(path);
  }
}

/** An API call without a session is 401 as a problem document (RFC 9457), with nothing in it. */
export async function expectApiUnauthenticated(page: Page, method: 'GET' | 'POST', path: string): Promise<void> {
  const response = await page.request.fetch(path, { method, maxRedirects: 0 });
  expect(response.status(), path).toBe(401);
  expect(response.headers()['content-type']).toContain('application/problem+json');
  expect(await response.json()).toMatchObject({ code: 'unauthenticated' });
}
