import { defineConfig } from '@playwright/test';

const browser = process.env['CHROME_PATH'];

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  // Two products of their own, each on its own data folder: one waits while the other works. Tests of a file, and files that come to the same
  // product, run one after the other: what one makes, the next may meet.
  workers: 2,
  fullyParallel: false,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: process.env['CI'] !== undefined,
  reporter: 'list',
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    contextOptions: { reducedMotion: 'reduce' },
    permissions: ['clipboard-read', 'clipboard-write'],
    // A third of the time; a failed test leaves its page as text and as a picture. For more: npm test -- e2e --trace retain-on-failure.
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      // No optimised code: a page is gone before it pays, and it was a fifth of the time of the processor.
      args: ['--disable-gpu', '--disable-gpu-rasterization', '--js-flags=--no-opt'],
      ...(browser === undefined || browser === '' ? {} : { executablePath: browser }),
    },
  },
});
