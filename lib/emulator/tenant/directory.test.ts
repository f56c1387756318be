import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { ObjectRef } from './generate/groups.ts';
import { createTenant } from './tenant.ts';

const dir = mkdtempSync(join(tmpdir(), 'entrada-tenant-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const tenant = createTenant({ seed: 1, users: 300, dir, clock: { now: () => new Date('2026-11-24T01:00:00Z') } });
const { directory } = tenant;
const users = directory.collections.users;

const groupsByScan = (ref: ObjectRef): ObjectRef[] =>
  Array.from({ length: directory.sizes.groups }, (_, index): ObjectRef => ({ type: 'group', index })).filter((group) =>
    directory.membersOf(group.index).some((member) => member.type === ref.type && member.index === ref.index),
  );

test('the groups of an object are those that list it as a member, before and after changes', () => {
  for (let round = 0; round < 3; round++) {
    for (let index = 0; index < users.end; index++) {
      const ref: ObjectRef = { type: 'user', index };
      expect(directory.groupsOf(ref)).toEqual(users.has(index) ? groupsByScan(ref) : []);
    }
    for (let index = 0; index < directory.sizes.groups; index++)
      expect(directory.groupsOf({ type: 'group', index })).toEqual(groupsByScan({ type: 'group', index }));
    tenant.mutate({ addMembers: 40, removeMembers: 40, removeUsers: 20 });
  }
});

test('transitive groups are finite in a cycle and contain the direct ones', () => {
  const nested: ObjectRef = { type: 'group', index: 3 };
  const all = directory.transitiveGroupsOf(nested);
  expect(all).toEqual(expect.arrayContaining(directory.groupsOf(nested)));
  expect(new Set(all.map((ref) => ref.index)).size).toBe(all.length);
});

test('a deleted user is among the deleted items under the id that it always had', () => {
  const { users: changed } = tenant.mutate({ removeUsers: 5 });
  const deleted = new Map([...directory.collections.deletedUsers.rows()].map(([, row]) => [row['id'], row]));
  expect(changed.deleted).toHaveLength(5);
  for (const id of changed.deleted) {
    expect(users.find(id)).toBeNull();
    expect(deleted.get(id)?.['deletedDateTime']).toBe('2026-11-24T01:00:00.000Z');
  }
});
