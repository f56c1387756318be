import { type CheckResult, runChecks } from '../launcher/check-steps.ts';

/** `npm run check`: format, lint, types, import boundaries, dead code. Exit code 1 when a check fails. */
export async function check(): Promise<number> {
  const results = await runChecks(printCheck);
  return results.every((result) => result.passed) ? 0 : 1;
}

/** One line for a check that passed; its whole output for one that failed. */
export function printCheck({ name, passed, ms, output }: CheckResult): void {
  const line = `${passed ? 'passed' : 'FAILED'}  ${name} (${(ms / 1000).toFixed(1)} s)`;
  process.stdout.write(passed ? `${line}\n` : `${line}\n${output.replaceAll(/^/gm, '    ')}\n`);
}
