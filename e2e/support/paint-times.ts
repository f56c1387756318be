import type { Page } from '@playwright/test';

/** Data that the page under test collects, in its window. */
interface Collected {
  readonly times: number[];
}

/**
 * Measures the dataset search from now on: for every key the time from the browser's key event to the frame after the one that
 * shows the results, milliseconds. The list's attribute `data-query` has the text of its results.
 */
export async function watchSearchPaints(page: Page): Promise<void> {
  await page.evaluate(() => {
    const field = document.querySelector<HTMLInputElement>('input[aria-label="Search datasets"]');
    const list = document.querySelector<HTMLElement>('nav[aria-label="Datasets"]');
    if (field === null || list === null) throw new Error('the search is not there');
    const collected: Collected = { times: [] };
    Object.assign(window, { searchPaints: collected });
    let begun: number | null = null;
    field.addEventListener('keydown', (event) => {
      begun = event.timeStamp;
    });
    const painted = () => {
      if (begun === null || list.dataset['query'] !== field.value) return;
      const start = begun;
      begun = null;
      performance.mark('search-key', { startTime: start });
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          performance.mark('search-painted');
          collected.times.push(performance.measure('search', 'search-key', 'search-painted').duration);
        }),
      );
    };
    new MutationObserver(painted).observe(list, { attributes: true, attributeFilter: ['data-query'] });
  });
}

/** Times of the keys whose results are painted so far, in order. */
export async function searchPaints(page: Page): Promise<readonly number[]> {
  return page.evaluate(() => (window as unknown as { searchPaints: Collected }).searchPaints.times);
}

/** The smallest value that at least the fraction `share` (0..1) of the sorted times do not exceed. */
export function quantile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
