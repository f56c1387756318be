import { expect, test } from 'vitest';
import type { ColumnType, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import type { DriftSettings } from '#lib/domain/task/drift-settings.ts';
import type { TaskTarget } from '#lib/domain/task/task.ts';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import type { TargetRules } from '#lib/targets/target.ts';
import { landed, type Row } from './contract-rows.ts';
import { NO_RULES, reloadInto } from './reload-into.ts';

export interface DriftTarget {
  readonly task: TaskTarget;
  readonly create: () => Promise<TargetAccess>;
  readonly rules?: TargetRules;
  /** `stays`: rows are written into the table that is there; `anew`: each run makes it anew. */
  readonly table: 'stays' | 'anew';
  /** Runs add rows to those of the runs before. */
  readonly appends?: boolean;
}

const FIRST = { id: 'string', name: 'string', n: 'int32', old: 'string', tags: 'json' } as const;
const ADA = { id: 'a', name: 'Ada', n: 1, old: 'x', tags: [1] };
const BOB = { id: 'b', name: 'Bob', n: 2, old: null, tags: null };
const STOP = { new: 'stop', lost: 'stop', retyped: 'stop', renamed: 'stop' } as const satisfies DriftSettings;
const DEFAULT = { new: 'add', lost: 'keep', retyped: 'widen', renamed: 'add' } as const satisfies DriftSettings;
const OTHER = { new: 'ignore', lost: 'drop', retyped: 'keep', renamed: 'rename' } as const satisfies DriftSettings;

/** A dataset whose columns may have other names than their properties. */
function columns(types: Readonly<Record<string, ColumnType>>, names: Readonly<Record<string, string>> = {}): DatasetDefinition {
  const dataset = fakeDataset(types, { name: 'people', countable: false });
  return { ...dataset, columns: dataset.columns.map((column) => ({ ...column, name: names[column.name] ?? column.name })) };
}

const { old: _old, ...WITHOUT_OLD } = FIRST;
const STOPS: readonly (readonly [field: string, dataset: DatasetDefinition])[] = [
  ['fresh', columns({ ...FIRST, fresh: 'string' })],
  ['old', columns(WITHOUT_OLD)],
  ['n', columns({ ...FIRST, n: 'int64' })],
  ['full', columns(FIRST, { name: 'full' })],
];

/** What a target does when the columns of a dataset are no longer those of its table, by each setting of the task. */
export function describeDrift(name: string, target: DriftTarget): void {
  test(`${name}: columns that differ stop the dataset, or the table follows, as the task says`, {
    timeout: 120_000,
  }, async () => {
    const access = await target.create();
    const rules = target.rules ?? NO_RULES;
    let run = 0;
    const reload = (drift: DriftSettings, dataset: DatasetDefinition, rows: readonly Row[]): Promise<DatasetReport> => {
      const task = { ...target.task, settings: { ...target.task.settings, drift } } as TaskTarget;
      run++;
      const now = new Date(Date.UTC(2026, 0, 1, 0, run)).toISOString();
      const source = { pages: [rows] };
      return reloadInto({
        ...{ access, rules, task, dataset, source, now, runId: `run_${run}`, deletesConfirmed: true },
        onInternalError: (error) => {
          throw error;
        },
      });
    };
    const shown = (dataset: DatasetDefinition) => landed(access, target.task, { rules, dataset });
    const actions = (report: DatasetReport) => {
      expect(report).toMatchObject({ problem: null, state: 'done' });
      return Object.fromEntries((report.drift ?? []).map(({ column, action }) => [column, action]));
    };
    const stays = target.table === 'stays';

    expect(actions(await reload(DEFAULT, columns(FIRST), [ADA, BOB]))).toEqual({});
    const before = await shown(columns(FIRST));
    for (const [field, dataset] of STOPS) {
      const { state, problem, drift } = await reload(STOP, dataset, [ADA, { ...BOB, n: 5_000_000_000 }]);
      expect({ state, problem, drift }, field).toMatchObject({
        state: 'failed',
        problem: { code: 'schema-drift', field, remedy: expect.stringContaining('Nothing was changed.') },
        drift: [{ column: field, action: 'stopped' }],
      });
      expect(await shown(columns(FIRST)), field).toEqual(before);
    }

    const second = columns({ ...WITHOUT_OLD, n: 'int64', fresh: 'string' });
    const changed = [ADA, { ...BOB, id: 'c', n: 5_000_000_000, fresh: 'new' }];
    expect(actions(await reload(DEFAULT, second, target.appends === true ? changed.slice(1) : changed))).toEqual({
      ...{ n: stays ? 'widened' : 'replaced', fresh: 'added', old: stays ? 'kept' : 'dropped' },
    });
    const both = await shown(columns({ ...FIRST, n: 'int64', fresh: 'string' }));
    expect(both['c']).toEqual({
      ...{ id: 'c', name: 'Bob', n: '5000000000', tags: null, fresh: 'new' },
      ...(stays ? { old: null } : {}),
    });
    if (target.appends === true) expect(both['a']).toEqual({ ...ADA, n: '1', fresh: null });

    const third = columns({ ...WITHOUT_OLD, n: 'string', extra: 'string' }, { name: 'full', tags: 'marks' });
    const kept = [{ ...ADA, id: 'd', n: '7', extra: 'e' }];
    expect(actions(await reload(OTHER, third, kept))).toEqual({
      ...{ full: 'renamed', marks: 'renamed', n: 'kept-type', extra: 'left-out', fresh: 'dropped' },
      ...(stays ? { old: 'dropped' } : {}),
    });
    const all = columns({ ...FIRST, n: 'int64', fresh: 'string', extra: 'string' }, { name: 'full', tags: 'marks' });
    expect((await shown(all))['d']).toEqual({ id: 'd', full: 'Ada', n: '7', marks: [1] });

    const fourth = columns({ ...WITHOUT_OLD, n: 'int64' }, { name: 'called', tags: 'marks' });
    const last = [{ ...ADA, id: 'e', n: 8 }];
    expect(actions(await reload(DEFAULT, fourth, last))).toEqual({ called: stays ? 'added-beside' : 'renamed' });
    // The column that the new one stands beside is not lost: its property is read.
    expect(actions(await reload({ ...STOP, lost: 'stop' }, fourth, [{ ...ADA, id: 'f', n: 9 }]))).toEqual(
      stays ? { full: 'kept' } : {},
    );
  });
}
