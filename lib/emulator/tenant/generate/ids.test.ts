import { expect, test } from 'vitest';
import { createIdSpace } from './ids.ts';

test('the index follows from an id, and only within its kind', () => {
  const users = createIdSpace(1, 'user');
  const groups = createIdSpace(1, 'group');
  for (const index of [0, 1, 77, 999_999, 2 ** 31, 2 ** 32 - 1]) {
    const id = users.idOf(index);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(users.indexOf(id)).toBe(index);
    expect(users.indexOf(id.toUpperCase())).toBe(index);
    expect(groups.indexOf(id)).toBeNull();
  }
  expect(users.indexOf('no id')).toBeNull();
});
