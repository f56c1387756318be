import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset.ts';
import type { GraphFaultSettings } from '#lib/emulator/graph/faults.ts';
import { copyDatabase, createSharedDatabase } from '#lib/platform/testing/database.ts';
import { createFaultRig, type FaultRig, METHODS } from './testing/fault-rig.ts';
import type { Rows } from './testing/tenant-rows.ts';

/**
 * Each fault of Graph x each update method: the run ends with the rows that the official SDK reads, or fails by a code that says why
 * and leaves the target as it was (a partly refused relationship keeps the rows of what was refused). Pages of 25 rows, so that every collection takes several.
 */
interface Fault {
  readonly name: string;
  readonly settings: GraphFaultSettings;
  /** Problem codes by which a dataset may fail, by dataset; anything else has to end right. */
  readonly mayFail?: Partial<Record<keyof Rows, string>>;
}

const PAGE = { pageSizeMax: 25 } as const;

const FAULTS: readonly Fault[] = [
  { name: 'a storm of 429: every second answer', settings: { throttle: { everyNth: 2, retryAfter: 0.02 } } },
  { name: '429 with a date', settings: { throttle: { everyNth: 25, retryAfter: 'date' } } },
  { name: '503', settings: { unavailableEveryNth: 9 } },
  { name: 'sockets dropped in the middle of a body', settings: { dropEveryNth: 7 } },
  { name: 'truncated JSON', settings: { truncateEveryNth: 7 } },
  { name: 'page tokens that expire twice', settings: { expirePageTokens: 2 } },
  {
    name: 'page tokens that always expire',
    settings: { expirePageTokens: true },
    mayFail: { users: 'page-token-expired', group_members: 'dataset-incomplete' },
  },
  {
    name: 'a loop of next links',
    settings: { nextLinkLoop: true },
    mayFail: { users: 'next-link-loop', group_members: 'dataset-incomplete' },
  },
  { name: 'empty pages with a next link', settings: { emptyPages: true } },
  { name: 'rows that come twice, on two pages', settings: { repeatRows: true } },
  {
    name: 'rows that change, come and go while they are read',
    settings: {
      changeWhileReading: {
        everyNth: 2,
        times: 3,
        changes: { hireUsers: 2, removeUsers: 1, changeUsers: 4, addMembers: 2, removeMembers: 2 },
      },
    },
  },
  { name: '401 with claims', settings: { challengeAfter: 8 } },
  { name: '403 for want of a licence', settings: { unlicensed: '^users(/|$)' }, mayFail: { users: 'missing-licence' } },
  { name: 'delta links that are too old', settings: { deltaLinks: 'expired' } },
  { name: 'delta links that want a resync', settings: { deltaLinks: 'resync' } },
  { name: 'changes that are told twice', settings: { repeatDelta: true } },
];

let rig: FaultRig;
/** Where every method has landed the tenant once, without faults. */
let landed: Awaited<ReturnType<typeof createSharedDatabase>>;
beforeAll(async () => {
  rig = await createFaultRig();
  landed = await createSharedDatabase();
  for (const method of METHODS) {
    for (const dataset of rig.datasets) {
      expect(await rig.reload({ landingUrl: landed.url, method, dataset })).toMatchObject({ state: 'done' });
    }
  }
});
afterAll(async () => {
  await rig.close();
  await landed.drop();
});

// A minute each, should the machine have other things to do.
vi.setConfig({ testTimeout: 60_000 });

describe.each(FAULTS)('$name', ({ settings, mayFail = {} }) => {
  it.each(METHODS)('%s', async (method) => {
    const target = { landingUrl: await copyDatabase(landed.url), method };
    rig.copyLake(landed.url, target.landingUrl);
    await rig.passDay();
    for (const dataset of rig.datasets) {
      const name = nameOf(dataset);
      const before = await rig.readTarget(target);
      await rig.setFaults({ ...PAGE, ...settings });
      const report = await rig.reload({ ...target, dataset });
      await rig.setFaults(null);
      const after = await rig.readTarget(target);
      if (report.state === 'done') {
        expect(after[name], `${name} is what the SDK reads; ${report.notes.join(' ')}`).toEqual((await rig.readTenant())[name]);
        continue;
      }
      expect(`${name}: ${report.problem?.code}`).toBe(`${name}: ${mayFail[name] ?? 'done'}`);
      if (report.problem?.code === 'dataset-incomplete' && method.startsWith('compare')) {
        // Rows of groups that could not be read stay, those that came of them may be added; those of the others are what the SDK reads.
        const tenant = await rig.readTenant();
        expect(report.unproven.count).toBe(report.unproven.parents.length);
        const ids = report.unproven.parents.map(({ id }) => id);
        const of = (rows: readonly string[], failed: boolean) =>
          rows.filter((row) => ids.some((id) => row.includes(id)) === failed);
        expect(of(after[name], false)).toEqual(of(tenant[name], false));
        expect(of(after[name], true)).toEqual(expect.arrayContaining(of(before[name], true)));
        expect(of([...before[name], ...tenant[name]], true)).toEqual(expect.arrayContaining(of(after[name], true)));
        continue;
      }
      expect(after, `${name} is as it was`).toEqual(before);
    }
  });
});

function nameOf({ name }: DatasetDefinition): keyof Rows {
  return name === 'users' ? 'users' : 'group_members';
}
