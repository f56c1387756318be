import { expect, test } from 'vitest';
import { sideTablesWrittenBeside, tableOfSideTable } from './side-tables.ts';
import { TaskTarget } from './task.ts';

const target = (method: TaskTarget['method'], settings: object): TaskTarget =>
  TaskTarget.parse({ method, targetId: 'targ_22222222222222222222', settings });

test.each([
  ['reload-and-compare', { schema: 'hr' }, ['users__ct']],
  [
    'reload-and-compare',
    { schema: 'hr', history: true, unreadableRows: 'set-aside' },
    ['users__ct', 'users__history', 'users__current', 'users__rejected'],
  ],
  ['full-load', { schema: 'hr', history: true }, []],
  ['full-load', { schema: 'hr', unreadableRows: 'set-aside' }, ['users__rejected']],
  ['reload', { folder: 'hr', unreadableRows: 'set-aside' }, []],
] as const)('%s with %j writes beside a table: %j', (method, settings, tables) => {
  expect(sideTablesWrittenBeside('users', target(method, settings))).toEqual(tables);
});

test('a name of a side table names the table that it is beside', () => {
  expect(['users', 'users__rejected', 'a__b__ct'].map(tableOfSideTable)).toEqual([null, 'users', 'a__b']);
});
