import type { ScenarioResult } from './run.ts';

const QUOTA_GOALS: Readonly<Record<string, string>> = {
  'quota-time': '  = time / time that the quota allows  (wanted at most 1.15; per-user-reads 1.2)',
  'quota-refused-share': '  = requests and batch items answered 429 / all  (wanted at most 0.02)',
};

/** One scenario as lines for a terminal. */
export function formatScenario({ scenario, users, contenders, ratios }: ScenarioResult): string {
  const head = ['', 'rows/s', 'seconds', 'CPU s', 'peak MB', 'requests', '429'];
  const lines = contenders.map((found) => [
    found.name,
    String(found.rowsPerSecond),
    (found.ms / 1000).toFixed(2),
    (found.cpuMs / 1000).toFixed(2),
    String(found.rssMb),
    String(found.requests),
    String(found.refused),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...lines].map((line) => line[column]?.length ?? 0)));
  const row = (line: readonly string[]): string =>
    `  ${line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`;
  const judged = scenario.ratios.map(({ name, of, over, wanted }) => {
    const goal = wanted === null ? '' : `  (wanted ${wanted})`;
    return `  ${name}: ${ratios[name]}  = ${of} / ${over}${goal}`;
  });
  const known = new Set(scenario.ratios.map(({ name }) => name));
  const others = Object.entries(ratios).filter(([name]) => !known.has(name));
  const told = others.map(([name, value]) => `  ${name}: ${value}${QUOTA_GOALS[name] ?? ''}`);
  return [`${scenario.name}: ${scenario.title}; ${users} users`, row(head), ...lines.map(row), ...judged, ...told, ''].join('\n');
}
