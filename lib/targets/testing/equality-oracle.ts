import { describe, expect, test } from 'vitest';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import { LandingSettings, type TaskTarget } from '#lib/domain/task/task.ts';
import { seededRandom } from '#lib/platform/testing/seeded-random.ts';
import { findTargetModule } from '#lib/targets/registry.ts';
import type { TargetRules } from '#lib/targets/target.ts';
import { expected, landed, type Row, THINGS } from './contract-rows.ts';
import { reloadInto } from './reload-into.ts';

/** A target of SQL tables, as the rounds need it. */
export interface OracleTarget {
  readonly access: TargetAccess;
  readonly rules: TargetRules;
  /** Rows of `<schema>.things__history`: `id`, `number`, `valid_from`, `valid_to`, the times as the database writes them. Missing: it has none. */
  readonly versions?: (schema: string) => Promise<readonly Row[]>;
}

const METHODS: readonly (readonly [name: string, task: Omit<TaskTarget, 'targetId'>])[] = [
  ['full load', { method: 'full-load', settings: LandingSettings.parse({ schema: 'fl' }) }],
  ['truncate', { method: 'full-load', settings: LandingSettings.parse({ schema: 'tr', whenTableExists: 'truncate' }) }],
  [
    'compare',
    { method: 'reload-and-compare', settings: LandingSettings.parse({ schema: 'rc', history: true, deleteShareMax: 1 }) },
  ],
];

/**
 * After each of `rounds` rounds of random changes to a seeded tenant, the table of each method holds the rows that the tenant has; the changes that
 * were read of each run make the same rows of nothing, and the history has the rows of each round as of its time.
 */
export function describeEqualityOracle(
  name: string,
  create: () => Promise<OracleTarget>,
  { rounds, seed }: Readonly<{ rounds: number; seed: number }>,
): void {
  describe(`${name}, ${rounds} rounds of changes (seed ${seed})`, () => {
    test.each(METHODS)('%s', { timeout: 60_000 + rounds * 10_000 }, async (_name, one) => {
      const target = await create();
      if (!findTargetModule(target.access.kind).methods.includes(one.method)) return;
      await playRounds(target, { ...one, targetId: 'targ_22222222222222222222' } as TaskTarget, { rounds, seed });
    });
  });
}

async function playRounds(
  target: OracleTarget,
  task: TaskTarget,
  { rounds, seed }: Readonly<{ rounds: number; seed: number }>,
): Promise<void> {
  const { access, rules } = target;
  const tenant = new RandomTenant(seed);
  const replayed = new Map<string, Row>();
  const asOf: { readonly at: string; readonly rows: readonly Row[] }[] = [];
  for (let round = 1; round <= rounds; round++) {
    tenant.change();
    const rows = tenant.rows();
    const now = new Date(Date.UTC(2026, 0, 1, 0, round)).toISOString();
    const half = Math.ceil(rows.length / 2);
    const source = { pages: [rows.slice(0, half), rows.slice(half)] };
    const runId = `run_${round}`;
    const report = await reloadInto({ access, rules, task, dataset: THINGS, runId, source, now, deletesConfirmed: true });
    expect(report, `round ${round}`).toMatchObject({ state: 'done', problem: null });
    expect(await landed(access, task, { rules }), `round ${round}`).toEqual(expected(rows));
    asOf.push({ at: now, rows });
    if (task.method !== 'reload-and-compare') continue;
    await replay(target, { task, runId }, replayed);
    expect(Object.fromEntries(replayed), `changes to round ${round}`).toEqual(comparable(rows));
  }
  if (task.method !== 'reload-and-compare' || target.versions === undefined) return;
  const versions = await target.versions(task.settings.schema);
  for (const { at, rows } of asOf) expect(validAt(versions, at), at).toEqual(numbersOf(rows));
}

/** What the change table says of a run, applied to the rows before it. */
async function replay(
  { access, rules }: OracleTarget,
  { task, runId }: { readonly task: TaskTarget; readonly runId: string },
  rows: Map<string, Row>,
): Promise<void> {
  const filter = { runId, operation: null, limit: 10_000 };
  const { changes } = await findTargetModule(access.kind).readChanges(access, rules, { task, dataset: THINGS, filter });
  for (const { operation, key, before, after } of changes) {
    if (operation !== 'insert')
      expect(rows.get(key), `before of ${key}`).toEqual(before === null ? undefined : comparableRow(before));
    if (operation === 'insert') expect(rows.has(key), `insert of ${key}`).toBe(false);
    if (after === null) rows.delete(key);
    else rows.set(key, comparableRow(after));
  }
}

/** Columns that JSON of every database writes alike. */
function comparableRow(row: Row): Row {
  const { id, text = null, flag = null, number = null, tags = null, day = null } = row;
  return { id, text, flag, number, tags, day };
}

function comparable(rows: readonly Row[]): Record<string, Row> {
  return Object.fromEntries(rows.map((row) => [String(row['id']), comparableRow(row)]));
}

function validAt(versions: readonly Row[], at: string): Record<string, unknown> {
  const time = (text: unknown): number =>
    Date.parse(
      `${String(text)
        .replace(' ', 'T')
        .replace(/(\+00|Z)?$/, '')}Z`,
    );
  const valid = versions.filter(
    ({ valid_from, valid_to }) => time(valid_from) <= Date.parse(at) && (valid_to === null || time(valid_to) > Date.parse(at)),
  );
  expect(new Set(valid.map(({ id }) => id)).size, `one version of each row at ${at}`).toBe(valid.length);
  return Object.fromEntries(valid.map(({ id, number }) => [String(id), number]).sort());
}

function numbersOf(rows: readonly Row[]): Record<string, unknown> {
  return Object.fromEntries(rows.map(({ id, number = null }) => [String(id), number]).sort());
}

/** Rows that are inserted, changed in one column or another, emptied, deleted and brought back, in an order that the seed decides. */
class RandomTenant {
  readonly #random: () => number;
  readonly #rows = new Map<string, Row>();

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    for (let index = 0; index < 200; index++) this.#insert(`id ${index}`);
  }

  rows(): Row[] {
    return [...this.#rows.values()];
  }

  /** One round: most often a few changes, at times none, at times nearly all rows. */
  change(): void {
    const kind = this.#random();
    const changes = kind < 0.1 ? 0 : kind < 0.9 ? this.#below(20) : this.#below(400);
    for (let index = 0; index < changes; index++) {
      const id = `id ${this.#below(260)}`;
      if (!this.#rows.has(id)) this.#insert(id);
      else if (this.#random() < 0.25) this.#rows.delete(id);
      else this.#edit(id);
    }
  }

  #insert(id: string): void {
    this.#rows.set(id, { id });
    for (let index = 0; index < 6; index++) this.#edit(id);
  }

  #edit(id: string): void {
    const values = this.#values();
    const [name, value] = values[this.#below(values.length)] ?? ['text', null];
    const isEmptied = this.#random() < 0.15;
    this.#rows.set(id, { ...this.#rows.get(id), [name]: isEmptied ? null : value });
  }

  #values(): readonly (readonly [name: string, value: unknown])[] {
    const n = this.#below(1_000_000);
    const day = `20${String(10 + (n % 80))}-0${1 + (n % 9)}-1${n % 10}`;
    return [
      ['text', ['', 'NULL', `“${n}”, 'x'\n\\N`, `text ${n}`, '🌿 ä a\u0308'][n % 5]],
      ['flag', n % 2 === 0],
      ['number', n - 500_000],
      ['large', `${n}000000000000`],
      ['ratio', n / 7],
      ['at', `${day}T0${n % 10}:30:01.${String(n).padStart(6, '0').slice(0, 5)}${1 + (n % 9)}Z`],
      ['day', day],
      ['ref', `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`],
      ['raw', Buffer.from(`bytes ${n}`).toString('base64')],
      ['tags', [{ a: n, b: [null, `t${n}`] }, [], { ü: '"' }][n % 3]],
    ];
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}
