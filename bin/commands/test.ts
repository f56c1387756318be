import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { testFilesRoot } from '#lib/platform/testing/test-files.ts';
import { bringBrowser } from '../launcher/browser.ts';
import { runChecks } from '../launcher/check-steps.ts';
import { CliError } from '../launcher/cli-error.ts';
import { bringOtherPostgres } from '../launcher/other-postgres.ts';
import { nodeProgram, runProgram } from '../launcher/process/run-program.ts';
import { NO_TESTS, readPlaywrightReport, readVitestReport, type TestCounts } from '../launcher/test-reports.ts';
import { buildWebIfNeeded } from '../launcher/web/web-build.ts';
import { printCheck } from './check.ts';

interface Suite {
  readonly name: string;
  readonly run: (args: readonly string[], scratch: string) => Promise<TestCounts>;
}

const SUITES: Readonly<Record<string, Suite>> = {
  check: { name: 'checks', run: runStaticChecks },
  unit: { name: 'unit and integration', run: runVitest },
  e2e: { name: 'browser', run: runPlaywright },
};

/**
 * `npm test`: all checks and tests; `npm test -- check | unit | e2e [ARGS]` one part of them. A part that crashes counts as one
 * failure and does not prevent the others from running. The last line of stdout is `N passed, N failed`.
 */
export async function test(args: readonly string[]): Promise<number> {
  const [filter, ...rest] = args;
  const chosen = filter === undefined ? Object.values(SUITES) : [SUITES[filter]];
  const scratch = mkdtempSync(join(testFilesRoot(), 'entrada-test-'));
  // As /tmp: the user of a test's PostgreSQL, too, makes files in it.
  chmodSync(scratch, 0o1777);
  const lines: string[] = [];
  const total = { passed: 0, failed: 0 };
  try {
    for (const suite of chosen) {
      if (suite === undefined) throw new CliError('Usage: npm test -- [check | unit [ARGS] | e2e [ARGS]]', { exitCode: 2 });
      say(`\n== ${suite.name}`);
      // Unit tests leave the network alone, and a processor idle now and then.
      if (suite === SUITES['unit'] && chosen.includes(SUITES['e2e'])) prepareBrowserTests().catch(() => {});
      const begun = performance.now();
      const counts = await suite.run(rest, scratch).catch(reportBreakdown);
      total.passed += counts.passed;
      total.failed += counts.failed;
      const seconds = ((performance.now() - begun) / 1000).toFixed(0);
      lines.push(
        `${suite.name.padEnd(22)} ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped (${seconds} s)`,
      );
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  say(`\n== summary\n${lines.join('\n')}`);
  say(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

function reportBreakdown(error: unknown): TestCounts {
  say(error instanceof CliError ? error.message : String(error instanceof Error ? error.stack : error));
  return { ...NO_TESTS, failed: 1 };
}

async function runStaticChecks(): Promise<TestCounts> {
  const results = await runChecks(printCheck);
  const passed = results.filter((result) => result.passed).length;
  return { passed, failed: results.length - passed, skipped: 0 };
}

async function runVitest(args: readonly string[], scratch: string): Promise<TestCounts> {
  if (args.length === 0) await bringOtherPostgres(say);
  const file = join(scratch, 'vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { code } = await runProgram(
    nodeProgram('vitest/vitest.mjs', 'run', ...reporters, ...args),
    { TMPDIR: scratch },
    { onData: echo },
  );
  return readVitestReport(file, code);
}

let preparing: Promise<string> | undefined;

/** Finds or installs a browser and builds the web app, once; returns the browser's path. The browser tests, which also await it, report a failure. */
function prepareBrowserTests(): Promise<string> {
  preparing ??= bringBrowser(say).then(async (browser) => {
    await buildWebIfNeeded(say);
    return browser;
  });
  return preparing;
}

async function runPlaywright(args: readonly string[], scratch: string): Promise<TestCounts> {
  const browser = await prepareBrowserTests();
  const file = join(scratch, 'playwright.json');
  const { code } = await runProgram(
    nodeProgram('@playwright/test/cli.js', 'test', '--reporter=list,json', ...args),
    { TMPDIR: scratch, CHROME_PATH: browser, PLAYWRIGHT_JSON_OUTPUT_FILE: file },
    { onData: echo },
  );
  return readPlaywrightReport(file, code);
}

function echo(data: Buffer): void {
  process.stdout.write(data);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
