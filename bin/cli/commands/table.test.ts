import { expect, it, vi } from 'vitest';
import { OTHER_OPERATIONS } from './add-commands.ts';
import { API_COMMANDS } from './table.ts';

vi.mock('server-only', () => ({}));
const { OPERATIONS } = await import('#lib/web/api/all-operations.ts');

it('every operation of the API is a command, or says why not', () => {
  const reached = [...API_COMMANDS.map(({ operation }) => operation), ...Object.keys(OTHER_OPERATIONS)];
  expect([...new Set(reached)].toSorted()).toEqual(OPERATIONS.map(({ id }) => id).toSorted());
});

it('every command calls the operation that it names, with a body where that takes one', () => {
  for (const { operation, method, path, body, fixed, columns } of API_COMMANDS) {
    const described = OPERATIONS.find(({ id }) => id === operation);
    expect([method, `/api/v1${path.split('?')[0]}`], operation).toEqual([described?.method, described?.path]);
    expect(body !== undefined || fixed !== undefined, operation).toBe(described?.body !== null && columns === undefined);
  }
});

it('no two commands of a group have the same name', () => {
  const names = API_COMMANDS.map(({ group, name }) => `${group} ${name}`);
  expect(new Set(names).size).toBe(names.length);
});
