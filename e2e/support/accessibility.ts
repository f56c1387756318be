import { expect, type Page } from '@playwright/test';
import axe, { type AxeResults, type RunOptions } from 'axe-core';

const COLOR_RULE = 'color-contrast';
const WCAG = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] };

/** Which rules are checked: all, only those about colors, or all others. */
export type CheckedRules = 'all' | 'colors' | 'others';

const OPTIONS: Readonly<Record<CheckedRules, RunOptions>> = {
  all: WCAG,
  colors: { runOnly: { type: 'rule', values: [COLOR_RULE] } },
  others: { ...WCAG, rules: { [COLOR_RULE]: { enabled: false } } },
};

/** Passed elements are not described, and style sheets not loaded again: no rule of WCAG reads them. */
const CHEAP: RunOptions = { resultTypes: ['violations'], preload: false };

/**
 * Checks that there is no serious or critical violation of WCAG 2.2 AA that a program can detect. No page has a frame.
 */
export async function expectAccessible(page: Page, rules: CheckedRules = 'all'): Promise<void> {
  // Once for each document: a page is checked in several layouts, and reading the program takes as long as a check.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  await page.evaluate(untilStill);
  const { violations } = await page.evaluate(
    (options): Promise<AxeResults> => (window as unknown as { axe: typeof axe }).axe.run(document, options),
    { ...OPTIONS[rules], ...CHEAP },
  );
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(grave.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.target.join(' ')) }))).toEqual([]);
}

/** In the page: waits for transitions, during which colors are on their way to others. Animations without an end are not waited for. */
async function untilStill(): Promise<void> {
  const ending = document
    .getAnimations()
    .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
  await Promise.all(ending.map(({ finished }) => finished.catch(() => undefined)));
}
