import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import {
  type Action,
  COLUMN_ACTIONS,
  ROW_IDS,
  SourceModel,
  TEAMS,
  VALUE_COLUMNS,
} from '#lib/targets/postgres/testing/changing-source.ts';
import { createLanding, type Landing, type Row } from '#lib/targets/postgres/testing/landing.ts';

/** Time for all sequences together; each ends with a successful full run. */
const TIME_MS = 20_000;

const column = fc.constantFrom(...VALUE_COLUMNS);
const id = fc.constantFrom(...ROW_IDS);
const team = fc.constantFrom(...TEAMS);
/** A run takes about the same time for any content: large runs test more than many short sequences. */
const columnAction = fc.record({ does: fc.constantFrom(...COLUMN_ACTIONS), column });
const rowAction: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ does: fc.constant('set' as const), id, column, value: fc.constantFrom(null, null, '', 'x') }),
  },
  fc.record({ does: fc.constant('insert' as const), id, team }),
  fc.record({ does: fc.constant('delete' as const), id }),
  fc.record({ does: fc.constant('unprove' as const), team }),
);
/** A column's loss and the change of its values are combined in one action, since defects were found there. */
const actions = fc
  .tuple(fc.array(columnAction, { maxLength: 4 }), fc.array(rowAction, { minLength: 1, maxLength: 30 }))
  .map(([columns, rows]) => [...columns, ...rows]);
const step = fc.record({ actions, incremental: fc.boolean() });
const steps = fc.array(step, { minLength: 2, maxLength: 4 });

let sequences = 0;

/** Runs a sequence in its own schema. */
class Sequence {
  readonly schema = `p${++sequences}`;
  readonly source: SourceModel;
  readonly #landing: Landing;
  readonly #keyed: boolean;
  #runs = 0;
  /** Rows of the first load, which the change table records as one row `L`. */
  #firstRows: Row[] | null = null;

  constructor(landing: Landing, keyed: boolean) {
    this.#landing = landing;
    this.#keyed = keyed;
    this.source = new SourceModel(keyed);
  }

  async run(incremental: boolean): Promise<string> {
    const report = await this.#landing.reload({
      runId: `${this.schema}_run_${++this.#runs}`,
      dataset: this.source.dataset(),
      source: this.source.options(),
      settings: { schema: this.schema, history: this.#keyed, deleteShareMax: 1 },
      incremental: { full: !incremental },
    });
    this.source.ran(report.state);
    expect(report.problem?.code ?? null, JSON.stringify(report.problem)).toBe(
      report.state === 'incomplete' ? 'dataset-incomplete' : null,
    );
    if (this.#firstRows === null && report.counts.inserted > 0) this.#firstRows = await this.rows();
    return report.state;
  }

  rows(table = 'users', where = ''): Promise<Row[]> {
    return this.#landing
      .rows(`SELECT to_jsonb(t) AS row FROM ${this.schema}.${table} t ${where}`)
      .then((found) => found.map(({ row }) => dataOf(row as Row)));
  }

  /** The table rebuilt from the change table; only the rows of the first load are taken from the table at that time. */
  async replayed(): Promise<Row[]> {
    const changes = await this.#landing.rows(
      `SELECT c.hdr__operation AS op, c.hdr__before AS before, c.hdr__after AS after FROM ${this.schema}.users__ct c
       JOIN entrada_staging.published p ON p.run_id = c.hdr__run_id ORDER BY p.published_at, array_position(ARRAY['L', 'D', 'U', 'I'], c.hdr__operation)`,
    );
    const rows = new Map<string, Row[]>();
    const take = (row: Row): void => {
      const same = rows.get(this.#identity(row));
      if (same === undefined || same.length === 0) throw new Error(`no row for the change of ${JSON.stringify(row)}`);
      same.pop();
    };
    const add = (row: Row): void => {
      const identity = this.#identity(row);
      rows.set(identity, [...(rows.get(identity) ?? []), row]);
    };
    for (const { op, before, after } of changes as { op: string; before: Row | null; after: Row | null }[]) {
      if (op === 'L') {
        for (const row of this.#firstRows ?? []) add(row);
        continue;
      }
      if (before !== null && op !== 'I') take(dataOf(before));
      if (after !== null) add(dataOf(after));
    }
    return [...rows.values()].flat();
  }

  #identity(row: Row): string {
    return this.#keyed ? `${row['team']} ${row['id']}` : sortable(row);
  }
}

/** Columns that have a value. */
function dataOf(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([name, value]) => value !== null && !name.startsWith('hdr__')));
}

function sortable(row: Row): string {
  return JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const sorted = (rows: readonly Row[]): string[] => rows.map(sortable).sort();

function only(rows: readonly Row[], { columns }: DatasetDefinition): Row[] {
  const names = new Set(columns.filter(({ key, selected }) => key || selected).map(({ name }) => name));
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => names.has(name))));
}

async function endsEqual(
  sequence: Sequence,
  all: readonly { readonly actions: readonly Action[]; readonly incremental: boolean }[],
  keyed: boolean,
): Promise<void> {
  for (const { actions, incremental } of all) {
    for (const one of actions) sequence.source.do(one);
    const state = await sequence.run(incremental);
    if (state === 'done')
      expect(sorted(only(await sequence.rows(), sequence.source.dataset()))).toEqual(sorted(sequence.source.current()));
    if (keyed) expect(sorted(await sequence.rows())).toEqual(sorted(sequence.source.expected()));
  }
  sequence.source.heal();
  expect(await sequence.run(false)).toBe('done');
  const dataset = sequence.source.dataset();
  const landed = await sequence.rows();
  expect(sorted(only(landed, dataset))).toEqual(sorted(sequence.source.current()));
  expect(sorted(only(await sequence.replayed(), dataset))).toEqual(sorted(only(landed, dataset)));
  if (keyed) expect(sorted(await sequence.rows('users__history', 'WHERE hdr__to_timestamp IS NULL'))).toEqual(sorted(landed));
}

/** A failure shows the seed and the shortest failing sequence: `fc.assert(..., { seed, path })` repeats it. */
test.each([
  ['by key', true],
  ['as a multiset', false],
])(
  'whatever is selected, refused and changed: after one good full run a table that is compared %s is the source',
  async (_how, keyed) => {
    const landing = await createLanding();
    await fc.assert(
      fc.asyncProperty(steps, (all) => endsEqual(new Sequence(landing, keyed), all, keyed)),
      { numRuns: 60, interruptAfterTimeLimit: TIME_MS / 2, markInterruptAsFailure: false, endOnFailure: false },
    );
  },
  4 * TIME_MS,
);
