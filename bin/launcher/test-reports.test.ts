import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readPlaywrightReport, readVitestReport } from './test-reports.ts';

function report(content: unknown): string {
  const dir = mkdtempSync(join(tmpdir(), 'entrada-report-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, 'report.json');
  writeFileSync(file, JSON.stringify(content));
  return file;
}

const vitest = (passed: number, failed: number, total: number, brokenFiles = 0) =>
  report({
    numTotalTests: total,
    numPassedTests: passed,
    numFailedTests: failed,
    testResults: Array.from({ length: brokenFiles }, () => ({ status: 'failed', assertionResults: [] })),
  });

const playwright = (stats: object, errors: readonly object[] = []) => report({ stats, errors });

describe('the counts of npm test', () => {
  it('do not count a skipped test as passed', () => {
    expect(readVitestReport(vitest(3, 0, 5), 0)).toEqual({ passed: 3, failed: 0, skipped: 2 });
    const stats = { expected: 3, unexpected: 0, flaky: 0, skipped: 2 };
    expect(readPlaywrightReport(playwright(stats), 0)).toEqual({ passed: 3, failed: 0, skipped: 2 });
  });

  it('count a test file that can not be loaded as a failure', () => {
    expect(readVitestReport(vitest(3, 1, 4, 2), 1)).toMatchObject({ passed: 3, failed: 3 });
  });

  it('count a flaky test and an error outside of tests as failures', () => {
    const stats = { expected: 3, unexpected: 1, flaky: 1, skipped: 0 };
    expect(readPlaywrightReport(playwright(stats, [{}]), 1)).toMatchObject({ passed: 3, failed: 3 });
  });

  it('are never all green when the runner failed or left no report', () => {
    expect(readVitestReport(vitest(3, 0, 3), 1)).toMatchObject({ failed: 1 });
    expect(readPlaywrightReport(playwright({ expected: 3, unexpected: 0, flaky: 0, skipped: 0 }), 1)).toMatchObject({
      failed: 1,
    });
    for (const read of [readVitestReport, readPlaywrightReport]) {
      expect(read('/nowhere/report.json', 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    }
  });
});
