import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTls } from '#lib/emulator/tls.ts';
import { startEmbeddedPostgres } from '#lib/platform/postgres/embedded.ts';
import type { ContenderOptions } from './contenders/contender.ts';
import type { ContenderName } from './contenders/process.ts';
import { type Run, runContender, type ServerProcess, startServer } from './processes.ts';
import { groupsOf, SCENARIOS, type Scenario } from './scenarios.ts';

export interface BenchOptions {
  readonly rows: number;
  readonly rounds: number;
  /** Names of scenarios; empty: all. */
  readonly only: readonly string[];
  /** Names of contenders; empty: all. A ratio needs both of its contenders. */
  readonly contenders: readonly string[];
  readonly quick: boolean;
  readonly onScenario: (result: ScenarioResult) => void;
}

/** Results of one contender, as medians over the rounds. */
export interface ContenderResult {
  readonly name: ContenderName;
  readonly rows: number;
  readonly ms: number;
  readonly rowsPerSecond: number;
  readonly cpuMs: number;
  readonly rssMb: number;
  readonly requests: number;
  /** Requests and batch items that were answered with 429. */
  readonly refused: number;
}

export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly users: number;
  readonly contenders: readonly ContenderResult[];
  readonly ratios: Readonly<Record<string, number>>;
}

/** Number of parents for the sequential reader, whose rate does not depend on it. */
const SEQUENTIAL_PARENTS = 200;

/** Runs the scenarios in sequence; each contender's process runs alone with the server. */
export async function runBench(options: BenchOptions): Promise<readonly ScenarioResult[]> {
  const dir = mkdtempSync(join(tmpdir(), 'entrada-bench-'));
  // The database server may run as another user.
  chmodSync(dir, 0o755);
  const database = join(dir, 'database');
  mkdirSync(database);
  const postgres = await startEmbeddedPostgres(database, ['bench']);
  const results: ScenarioResult[] = [];
  let [server, servedAs]: [ServerProcess | null, string] = [null, ''];
  try {
    const tls = await openTls(join(dir, 'tls'), new Date());
    const keyFile = join(dir, 'server.key');
    const certFile = join(dir, 'server.crt');
    writeFileSync(keyFile, tls.keyPem, { mode: 0o600 });
    writeFileSync(certFile, tls.certPem);
    for (const whole of SCENARIOS) {
      if (options.only.length > 0 && !options.only.includes(whole.name)) continue;
      const scenario = withContenders(whole, options.contenders);
      if (scenario.contenders.length === 0) continue;
      const users = scenario.users(options.rows);
      const tenant = { users, ...groupsOf(scenario, options.quick) };
      if (server === null || servedAs !== JSON.stringify(tenant)) {
        await server?.stop();
        server = await startServer({ ...tenant, keyFile, certFile });
        servedAs = JSON.stringify(tenant);
      }
      const common = {
        baseUrl: `https://localhost:${server.port}/v1.0`,
        caFile: tls.caFile,
        landingUrl: postgres.url('bench'),
        parentsMax: SEQUENTIAL_PARENTS,
      };
      const result = await runScenario(scenario, { ...tenant, dir, common, server, rounds: options.rounds });
      results.push(result);
      options.onScenario(result);
    }
    return results;
  } finally {
    await server?.stop();
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

function withContenders(scenario: Scenario, names: readonly string[]): Scenario {
  if (names.length === 0) return scenario;
  const contenders = scenario.contenders.filter((name) => names.includes(name));
  const ratios = scenario.ratios.filter(({ of, over }) => contenders.includes(of) && contenders.includes(over));
  return { ...scenario, contenders, ratios };
}

interface Setting {
  readonly users: number;
  readonly memberships: number;
  readonly dir: string;
  readonly common: Omit<ContenderOptions, 'rows' | 'dir'>;
  readonly server: ServerProcess;
  readonly rounds: number;
}

async function runScenario(scenario: Scenario, setting: Setting): Promise<ScenarioResult> {
  const { server, users, memberships, rounds } = setting;
  const runs = new Map<ContenderName, Run[]>();
  const one = async (name: ContenderName): Promise<Run> => {
    const dir = mkdtempSync(join(setting.dir, 'contender-'));
    const rows = name.endsWith('members') ? memberships : users;
    const run = await runContender(name, { ...setting.common, rows, dir }, server, scenario.behaviour);
    rmSync(dir, { recursive: true, force: true });
    if (name !== 'sdk-members' && run.rows !== rows) throw new Error(`${name} handled ${run.rows} rows instead of ${rows}`);
    return run;
  };
  if (scenario.warmUp === true) for (const name of scenario.contenders) await one(name);
  // A compare needs landed rows.
  if (scenario.changing === true) await one('ours-compare');
  for (let round = 0; round < rounds; round++) {
    if (scenario.changing === true) await server.change(round % 2 === 0);
    for (const name of scenario.contenders) runs.set(name, [...(runs.get(name) ?? []), await one(name)]);
  }
  if (scenario.changing === true) await server.change(false);
  const contenders = [...runs].map(([name, all]) => summarize(name, all));
  const speed = new Map(contenders.map(({ name, rowsPerSecond }) => [name, rowsPerSecond]));
  const ratios = scenario.ratios.map(({ name, of, over }) => [name, round2((speed.get(of) ?? 0) / (speed.get(over) ?? 1))]);
  const quota = [...runs.values()].flatMap((all) => quotaRatios(scenario, all));
  return { scenario, users, contenders, ratios: Object.fromEntries([...ratios, ...quota]) };
}

/** Duration relative to the minimum that the quota allows, and the fraction of refused requests. */
function quotaRatios({ behaviour: { throttling } }: Scenario, runs: readonly Run[]): [string, number][] {
  if (throttling.kind !== 'quota') return [];
  const { units, perSeconds } = throttling;
  const allowedMs = (run: Run): number => (Math.max(0, run.server.units - units) * perSeconds * 1000) / units;
  return [
    ['quota-time', round2(median(runs.map((run) => run.ms / allowedMs(run))))],
    ['quota-refused-share', round3(median(runs.map(({ server }) => server.refused / (server.refused + server.granted))))],
  ];
}

function summarize(name: ContenderName, runs: readonly Run[]): ContenderResult {
  const of = (value: (run: Run) => number): number => Math.round(median(runs.map(value)));
  return {
    name,
    rows: of((run) => run.rows),
    ms: of((run) => run.ms),
    rowsPerSecond: of((run) => (run.rows * 1000) / run.ms),
    cpuMs: of((run) => run.cpuMs),
    rssMb: Math.max(...runs.map((run) => run.rssMb)),
    requests: of((run) => run.server.requests),
    refused: of((run) => run.server.refused),
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function round3(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
