import { expect, test } from 'vitest';
import type { TaskDto } from '#lib/domain/task/task.ts';
import { editConsequences, isLocked, staysMessage } from './edit-consequences.ts';

const dataset = (name: string, landed: boolean) => ({ id: `ds_${name}`, name, title: name, landed, failed: false });
const TASK = {
  method: 'full-load',
  namespace: 'hr',
  targetName: 'Warehouse',
  target: { method: 'full-load', targetId: 'targ_1' },
  datasets: [dataset('users', true), dataset('groups', false)],
} as unknown as TaskDto;
const SAME = {
  targetId: 'targ_1',
  namespace: 'hr',
  folderChoice: 'task',
  folder: '',
  datasetIds: ['ds_users', 'ds_groups'],
} as const;

test('the method is locked where rows are landed, and free in another place or before the first run', () => {
  expect(isLocked(TASK, SAME)).toBe(true);
  expect(isLocked(TASK, { ...SAME, namespace: 'other' })).toBe(false);
  expect(isLocked({ ...TASK, datasets: [dataset('users', false)] }, SAME)).toBe(false);
});

test.each([
  [SAME, false, []],
  [
    { ...SAME, datasetIds: ['ds_groups'] },
    false,
    ['Landed rows of users stay in the schema hr, but runs no longer update them.'],
  ],
  [{ ...SAME, datasetIds: ['ds_users'] }, false, []],
  [
    { ...SAME, namespace: 'other' },
    false,
    ['Landed data in the schema hr stays there. The next run lands everything in the new schema.'],
  ],
  [SAME, true, ['Until the next run ends, the schema hr has no data of this task.']],
] as const)('%j, recreated %s: %j', (values, recreate, lines) => {
  expect(editConsequences(TASK, values, recreate)).toEqual(lines);
});

test('a lake moves with the choice of its folder alone', () => {
  const target = { method: 'reload', targetId: 'targ_1', settings: { folder: '{connection}/{task}' } };
  const lake = { ...TASK, method: 'reload', namespace: 'contoso/hr', target } as unknown as TaskDto;
  expect(editConsequences(lake, { ...SAME, namespace: 'unused' }, false)).toEqual([]);
  expect(editConsequences(lake, { ...SAME, folderChoice: 'root' }, false)).toEqual([
    'Landed data in the folder contoso/hr stays there. The next run lands everything in the new folder.',
  ]);
});

test('deleting says what stays', () => {
  expect(staysMessage(TASK)).toBe('The tables users stay in the schema hr of Warehouse. Another task can use them.');
  expect(staysMessage({ ...TASK, datasets: [] })).toBe('The task has no landed data.');
});
