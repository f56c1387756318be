import type { Page } from '@playwright/test';
import { expect } from './fixtures.ts';
import type { Product } from './product.ts';
import { createDemoConnection } from './steps.ts';

/** Metadata page of the connection that the first test with a product creates; each test leaves its metadata unchanged. */
const pages = new WeakMap<Product, string>();

export const search = (page: Page) => page.getByRole('searchbox', { name: 'Search datasets' });
export const list = (page: Page) => page.getByRole('navigation', { name: 'Datasets' });
export const selectedCount = (page: Page) => page.getByText(/^\d+ datasets? selected$/);

/** Opens the page and waits for everything that it loads after the first paint; returns its URL without query. */
export async function openMetadata(app: Product, page: Page, query = ''): Promise<string> {
  let path = pages.get(app);
  if (path === undefined) {
    path = `${await createDemoConnection(app, page, 'Understood')}/metadata`;
    pages.set(app, path);
  }
  await page.goto(`${path}${query}`);
  await expect(page.getByRole('heading', { name: 'Connection metadata' })).toBeVisible();
  await expect(page.getByText(/^[6-9]\d\d datasets$|^1,\d\d\d datasets$/)).toBeVisible({ timeout: 20_000 });
  return path;
}

export async function undoneBy(page: Page, keys: string): Promise<void> {
  await page.locator('body').press(keys);
  await expect(page.getByText(/^(Undone|Redone): /)).toBeVisible();
}
