import type { Page } from '@playwright/test';
import { expect, expectAccessible } from './fixtures.ts';

/** How a page is looked at, and what can be wrong there that wasn't before: a scheme only colors things, a size only moves them. */
const LOOKS = [
  { colorScheme: 'light', width: 1440, height: 900, rules: 'all' },
  { colorScheme: 'dark', width: 1440, height: 900, rules: 'colors' },
  { colorScheme: 'light', width: 390, height: 844, rules: 'others' },
] as const;

/**
 * The open page, light and dark, wide and narrow: it is accessible and fits its window. Where ENTRADA_SHOTS names a folder, a picture of each
 * is put there.
 */
export async function expectFitInEveryLook(page: Page, name: string): Promise<void> {
  const folder = process.env['ENTRADA_SHOTS'];
  for (const { colorScheme, width, height, rules } of LOOKS) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide, `${name} at ${width} px`).toBeLessThanOrEqual(width);
    await expectAccessible(page, rules);
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${colorScheme}-${width}${name}.png` });
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}
