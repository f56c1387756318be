import type { Locator, Page } from '@playwright/test';
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
  await inEveryLayout(page, name, (rules) => expectAccessible(page, rules));
}

/** The same with the list of `select` open, which closes when the window changes its size: the list is within the window. */
export async function expectFitWhenOpen(page: Page, select: Locator, name: string): Promise<void> {
  const list = page.getByRole('listbox');
  await inEveryLayout(
    page,
    name,
    async () => {
      await select.click();
      await expect(list).toBeInViewport({ ratio: 1 });
    },
    async () => {
      await page.keyboard.press('Escape');
      await expect(list).toHaveCount(0);
    },
  );
}

type Rules = (typeof LAYOUTS)[number]['rules'];

async function inEveryLayout(
  page: Page,
  name: string,
  check: (rules: Rules) => Promise<void>,
  leave: () => Promise<void> = async () => undefined,
): Promise<void> {
  const folder = process.env['ENTRADA_SHOTS'];
  for (const { colorScheme, width, height, rules } of LAYOUTS) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide, `${name} at ${width} px`).toBeLessThanOrEqual(width);
    await check(rules);
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${colorScheme}-${width}${name}.png` });
    await leave();
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}
