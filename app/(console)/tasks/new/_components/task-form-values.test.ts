import { describe, expect, it } from 'vitest';
import { ID_ALPHABET, ID_LENGTH } from '#lib/domain/id.ts';
import { LakeSettings } from '#lib/domain/task/task.ts';
import type { TaskFormValues } from './task-form-values.ts';
import { checkTask, fieldOfProblem, methodFor } from './task-form-values.ts';

const id = (kind: string) => `${kind}_${(ID_ALPHABET[0] ?? '').repeat(ID_LENGTH)}`;

const values: TaskFormValues = {
  name: 'Nightly directory',
  connectionId: id('conn'),
  datasetIds: [id('ds')],
  targetId: id('targ'),
  method: 'reload-and-compare',
  namespace: 'nightly',
  folderChoice: 'custom',
  folder: 'nightly',
  whenTableExists: 'drop-and-create',
  history: true,
  deleteShare: '30',
  incremental: true,
  fullCompareDays: '14',
  format: 'parquet',
  versionsKept: '3',
  versionDaysKept: '',
  compression: 'none',
  delimiter: ',',
  nullText: '',
  header: true,
  bom: false,
  formulaGuard: false,
  tables: 'files',
  dfm: false,
  quote: '"',
  fileMebibytes: '256',
  unreadableRows: 'stop',
  gatewayWait: '90',
  lookbackHours: '2',
  firstDays: '',
  retentionDays: '',
  columnNames: 'camelCase',
  tablePrefix: '',
  renames: '',
  softDelete: false,
  publish: 'each',
  relationKeys: 'none',
  relationshipViews: false,
  drift: { new: 'add', lost: 'drop', retyped: 'widen', renamed: 'rename' },
};

function errorsOf(over: Partial<TaskFormValues>) {
  const checked = checkTask({ ...values, ...over });
  return checked.ok ? {} : checked.errors;
}

describe('the task form', () => {
  it('takes whole minutes up to a week for the wait for a data gateway', () => {
    const checked = checkTask(values);
    expect(checked.ok && checked.input.gatewayWaitMinutes).toBe(90);
    for (const gatewayWait of ['', '1.5', '10081', 'an hour']) {
      expect(errorsOf({ gatewayWait }).gatewayWait, gatewayWait).toContain('from 0 to 10080');
    }
  });

  it('makes the landing settings of the chosen method, shares as 0..1', () => {
    const checked = checkTask(values);
    expect(checked.ok && checked.input.target).toEqual({
      method: 'reload-and-compare',
      targetId: id('targ'),
      settings: {
        schema: 'nightly',
        whenTableExists: 'drop-and-create',
        history: true,
        deleteShareMax: 0.3,
        incremental: true,
        fullCompareDays: 14,
        names: { columns: 'camelCase', tablePrefix: '', renames: [] },
        drift: { new: 'add', lost: 'drop', retyped: 'widen', renamed: 'rename' },
        softDelete: false,
        publish: 'each',
        relationKeys: 'none',
        relationshipViews: false,
        unreadableRows: 'stop',
        events: { lookbackHours: 2, firstDays: null, retentionDays: null },
      },
    });
  });

  it('makes lake settings for Reload and ignores what belongs to other methods', () => {
    const checked = checkTask({
      ...values,
      method: 'reload',
      folder: ' Nightly/{dataset}/{date} ',
      deleteShare: 'nonsense',
      versionsKept: '0',
      unreadableRows: 'set-aside',
    });
    expect(checked.ok && checked.input.target.settings).toEqual({
      ...LakeSettings.parse({ folder: 'Nightly/{dataset}/{date}', drift: values.drift }),
      ...{ format: 'parquet', versionsKept: 0, unreadableRows: 'set-aside' },
    });
  });

  it.each([
    ['task', '{connection}/{task}'],
    ['root', ''],
    ['custom', 'nightly'],
  ] as const)('saves the folder of the choice %s', (folderChoice, folder) => {
    const checked = checkTask({ ...values, method: 'reload', folderChoice });
    expect(checked.ok && checked.input.target.settings).toMatchObject({ folder });
  });

  it.each([
    ['name', { name: '  ' }],
    ['connectionId', { connectionId: '' }],
    ['datasetIds', { datasetIds: [] }],
    ['targetId', { targetId: '' }],
    ['namespace', { namespace: 'Not A Schema' }],
    ['namespace', { namespace: 'pg_temp' }],
    ['folder', { method: 'reload', folder: '../up' }],
    ['folder', { method: 'reload', folder: '{dataset}/{date}', tables: 'delta' }],
    ['fullCompareDays', { fullCompareDays: '0' }],
    ['fullCompareDays', { fullCompareDays: 'weekly' }],
    ['deleteShare', { deleteShare: '' }],
    ['deleteShare', { deleteShare: '101' }],
    ['deleteShare', { deleteShare: '1e1' }],
    ['versionsKept', { method: 'reload', versionsKept: '-1' }],
  ] satisfies [string, Partial<TaskFormValues>][])('puts the message under %s for %j, and under nothing else', (field, over) => {
    expect(Object.keys(errorsOf(over))).toEqual([field]);
  });

  it('says several things at once', () => {
    expect(Object.keys(errorsOf({ name: '', namespace: '', datasetIds: [] })).sort()).toEqual([
      'datasetIds',
      'name',
      'namespace',
    ]);
  });
});

describe('a problem from the server', () => {
  it.each([
    ['name', 'name'],
    ['target.settings.schema', 'namespace'],
    ['target.settings.folder', 'folder'],
    ['namespace', 'namespace'],
    ['datasetIds.3', 'datasetIds'],
    ['something.else', null],
  ])('about %s belongs to %s', (field, expected) => {
    expect(fieldOfProblem({ code: 'invalid-input', title: 'x', field })).toBe(expected);
  });

  it('about no field belongs to none', () => {
    expect(fieldOfProblem({ code: 'invalid-input', title: 'x' })).toBeNull();
  });
});

describe('the method', () => {
  const TABLES = ['reload-and-compare', 'full-load'] as const;

  it('stays when the target takes it, else becomes the default of the target', () => {
    expect(methodFor(TABLES, 'full-load')).toBe('full-load');
    expect(methodFor(TABLES, 'reload')).toBe('reload-and-compare');
    expect(methodFor(['reload'], 'full-load')).toBe('reload');
  });

  it('reads the rules for other names line by line, and says what a line looks like', () => {
    const checked = checkTask({
      ...values,
      columnNames: 'snake_case',
      renames: 'users = people\n\n *.id=entra_id\nusers.a.b = c',
    });
    expect(checked.ok && checked.input.target.settings.names).toEqual({
      columns: 'snake_case',
      tablePrefix: '',
      renames: [
        { dataset: 'users', column: null, to: 'people' },
        { dataset: '*', column: 'id', to: 'entra_id' },
        { dataset: 'users', column: 'a.b', to: 'c' },
      ],
    });
    expect(errorsOf({ renames: 'users people' }).renames).toContain('users = people');
    expect(errorsOf({ tablePrefix: 'Entra ' }).tablePrefix).toContain('lower-case');
  });
});
