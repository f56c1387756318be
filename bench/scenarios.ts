import type { ContenderName } from './contenders/process.ts';
import type { Behaviour } from './server/serve.ts';

/** One situation, in which contenders do comparable work in sequence. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly behaviour: Behaviour;
  /** Number of users of the tenant, from the number in `--rows`. */
  readonly users: (rows: number) => number;
  readonly contenders: readonly ContenderName[];
  /** Whether an unmeasured round comes first, after which compressed pages are cached. */
  readonly warmUp?: boolean;
  /** Whether 1 % of the rows change before each run of Entrada. */
  readonly changing?: boolean;
  readonly ratios: readonly Ratio[];
}

/** Rows per second of one contender relative to another. */
export interface Ratio {
  readonly name: string;
  readonly of: ContenderName;
  readonly over: ContenderName;
  /** Minimum value that is required (issue 5). */
  readonly wanted: number | null;
}

const PLAIN: Behaviour = { latencyMs: 0, gzip: false, throttling: { kind: 'none' } };
const LATENCY: Behaviour = { ...PLAIN, latencyMs: 80 };
const LATENCY_USERS = 200_000;
const FEW = 20_000;

const ratio = (name: string, of: ContenderName, over: ContenderName, wanted: number | null): Ratio => ({
  name,
  of,
  over,
  wanted,
});

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'latency80',
    title: '80 ms before each answer, plain bodies',
    behaviour: LATENCY,
    users: (rows) => Math.min(rows, LATENCY_USERS),
    contenders: ['sdk-iterate', 'pnp-iterate', 'ours-parquet', 'ours-full-load'],
    ratios: [
      ratio('latency80-parquet', 'ours-parquet', 'sdk-iterate', 11),
      ratio('latency80-postgres', 'ours-full-load', 'sdk-iterate', 8),
    ],
  },
  {
    name: 'nolatency',
    title: 'no latency, plain bodies',
    behaviour: PLAIN,
    users: (rows) => rows,
    contenders: ['drain', 'drain-parse', 'sdk-iterate', 'sdk-parquet', 'ours-parquet', 'ours-full-load'],
    ratios: [
      ratio('nolatency-parquet', 'ours-parquet', 'sdk-parquet', 5),
      ratio('nolatency-parquet-vs-sdk-iterate', 'ours-parquet', 'sdk-iterate', 1.25),
      ratio('parquet-vs-parse-limit', 'ours-parquet', 'drain-parse', 0.9),
    ],
  },
  {
    name: 'gzip',
    title: 'no latency, gzip bodies (what Graph sends)',
    behaviour: { ...PLAIN, gzip: true },
    users: (rows) => rows,
    contenders: ['drain', 'drain-parse', 'sdk-iterate', 'ours-parquet'],
    warmUp: true,
    ratios: [
      ratio('gzip-parquet-vs-sdk-iterate', 'ours-parquet', 'sdk-iterate', 2.5),
      ratio('gzip-parquet-vs-parse-limit', 'ours-parquet', 'drain-parse', null),
    ],
  },
  {
    name: 'lake-azurite',
    title: 'no latency, plain bodies, into a folder and into Azurite',
    behaviour: PLAIN,
    users: (rows) => Math.min(rows, LATENCY_USERS),
    contenders: ['ours-parquet', 'ours-azurite'],
    ratios: [ratio('lake-azurite-vs-folder', 'ours-azurite', 'ours-parquet', 0.8)],
  },
  {
    name: 'memberships',
    title: '20,000 groups with 500,000 memberships, 80 ms before each answer',
    behaviour: LATENCY,
    users: () => FEW,
    contenders: ['sdk-members', 'ours-members'],
    ratios: [ratio('memberships', 'ours-members', 'sdk-members', 15)],
  },
  {
    name: 'compare',
    title: 'reload and compare into PostgreSQL with 1 % changed',
    behaviour: PLAIN,
    users: (rows) => rows,
    contenders: ['plain-copy', 'ours-compare'],
    changing: true,
    ratios: [ratio('compare-vs-copy', 'ours-compare', 'plain-copy', 1)],
  },
  {
    name: 'first-compare',
    title: 'the first load of reload and compare beside a full load, no latency',
    behaviour: PLAIN,
    users: (rows) => rows,
    contenders: ['ours-full-load', 'ours-first-compare'],
    // At most 1.1 times the duration.
    ratios: [ratio('first-compare-vs-full-load', 'ours-first-compare', 'ours-full-load', 0.91)],
  },
  {
    name: 'storm',
    title: 'every second answer a 429',
    behaviour: { ...PLAIN, throttling: { kind: 'every', nth: 2, retryAfterSeconds: 1 } },
    users: () => FEW,
    contenders: ['ours-parquet', 'ours-members'],
    ratios: [],
  },
  {
    name: 'quota',
    title: 'memberships under the quota of a small tenant: 3,500 resource units in 10 seconds',
    behaviour: { ...PLAIN, throttling: { kind: 'quota', units: 3500, perSeconds: 10 } },
    users: () => FEW,
    contenders: ['ours-members'],
    ratios: [],
  },
  {
    name: 'per-user-reads',
    title: 'authentication methods of each user where the tenant gives 200 requests in 10 seconds, 40 times what is documented',
    behaviour: { ...LATENCY, throttling: { kind: 'quota', units: 200, perSeconds: 10, counts: 'reports' } },
    users: (rows) => Math.min(rows, 5000),
    contenders: ['ours-methods'],
    ratios: [],
  },
  {
    name: 'gateway-vs-worker',
    title: 'a reload by the command of a server through a data gateway, beside a worker of its own',
    behaviour: PLAIN,
    users: (rows) => rows,
    contenders: ['ours-worker', 'ours-gateway'],
    warmUp: true,
    ratios: [ratio('gateway-vs-worker', 'ours-gateway', 'ours-worker', 0.95)],
  },
];

/** Groups of the tenant and their memberships; scenarios with many refusals use a part of them. */
export function groupsOf(scenario: Scenario, quick: boolean): { readonly groups: number; readonly memberships: number } {
  if (scenario.name === 'memberships' && !quick) return { groups: 20_000, memberships: 500_000 };
  // Three times the units that the quota grants at once.
  if (scenario.name === 'quota' && !quick) return { groups: 6_000, memberships: 150_000 };
  if (scenario.contenders.some((name) => name.endsWith('members'))) return { groups: 1_000, memberships: 25_000 };
  return { groups: 0, memberships: 0 };
}
