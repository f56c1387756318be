import type { Page } from '@playwright/test';
import { expect, expectAccessible } from './fixtures.ts';

/**
 * Layouts in which a page is checked, each with the accessibility rules that it can violate: a color scheme changes only colors, a size only
 * positions.
 */
const LAYOUTS = [
  { colorScheme: 'light', width: 1440, height: 900, rules: 'all' },
  { colorScheme: 'dark', width: 1440, height: 900, rules: 'colors' },
  { colorScheme: 'light', width: 390, height: 844, rules: 'others' },
] as const;

/**
 * Checks that the open page is accessible and fits its window: light and dark, wide and narrow. Writes a screenshot of each layout to the
 * folder in ENTRADA_SHOTS, if set.
 */
export async function expectFitInEveryLayout(page: Page, name: string): Promise<void> {
  const folder = process.env['ENTRADA_SHOTS'];
  for (const { colorScheme, width, height, rules } of LAYOUTS) {
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
