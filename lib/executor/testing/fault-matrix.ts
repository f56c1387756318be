import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { GraphFaultSettings } from '#lib/emulator/graph/faults.ts';
import { copyDatabase, createSharedDatabase } from '#lib/platform/testing/database.ts';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';
import { createFaultRig, type FaultRig, METHODS, type Method } from './fault-rig.ts';
import { type Rows, USER_COLUMNS } from './tenant-rows.ts';

/** A fault of Graph, and how a dataset may end under it. What is not named has to end `done`, with the rows that the official SDK reads. */
export interface FaultCase {
  readonly name: string;
  readonly settings: z.input<typeof GraphFaultSettings>;
  /** Problem codes by which a dataset may fail, by dataset. */
  readonly mayFail?: Partial<Record<keyof Rows, string>>;
  /** Columns of users that cannot be read: the run is done with problems and names them, and their landed values stay. */
  readonly unread?: readonly string[];
  /** Datasets of whose parents some are unproven: the run is done with problems, counts them, and deletes nothing of theirs. */
  readonly unproven?: readonly (keyof Rows)[];
}

/** Pages of 25 rows, so that every collection takes several. */
const PAGE = { pageSizeMax: 25 } as const;

/**
 * Each fault x each update method, after a day has passed in the tenant: the run ends with the rows that the official SDK reads, or with what was
 * read and the rest named, or fails by a code that says why and leaves the target as it was.
 */
export function testFaults(faults: readonly FaultCase[]): void {
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

  describe.each(faults)('$name', (fault) => {
    it.each(METHODS)('%s', async (method) => {
      const target = { landingUrl: await copyDatabase(landed.url), method };
      rig.copyLake(landed.url, target.landingUrl);
      await rig.passDay();
      let before = await rig.readTarget(target);
      for (const dataset of rig.datasets) {
        await rig.setFaults({ ...PAGE, ...fault.settings });
        const report = await rig.reload({ ...target, dataset });
        await rig.setFaults(null);
        // Read now: a fault may change the tenant, too.
        const [after, tenant] = [await rig.readTarget(target), await rig.readTenant()];
        checkEnd({ name: nameOf(dataset), fault, method, report, before, after, tenant });
        before = after;
      }
    });
  });
}

interface End {
  readonly name: keyof Rows;
  readonly fault: FaultCase;
  readonly method: Method;
  readonly report: DatasetReport;
  readonly before: Rows;
  readonly after: Rows;
  readonly tenant: Rows;
}

function checkEnd(end: End): void {
  const { name, fault, report, before, after, tenant } = end;
  const unread = name === 'users' ? (fault.unread ?? []) : [];
  const isUnproven = fault.unproven?.includes(name) === true;
  if (report.state === 'partial') {
    expect(report.unread.map((column) => column.name).sort(), `${name}: unread columns`).toEqual([...unread].sort());
    if (isUnproven) expect(report.unproven.count, `${name}: unproven parents`).toBeGreaterThan(0);
    else expect(report.unproven.count, `${name}: unproven parents`).toBe(0);
    if (isUnproven) expectProvenRead(end);
    if (unread.length > 0) expectValuesKept(end, unread);
    return;
  }
  if (report.state === 'done') {
    expect(unread, `${name} is done, with all columns`).toEqual([]);
    expect(after[name], `${name} is what the SDK reads; ${report.notes.join(' ')}`).toEqual(tenant[name]);
    return;
  }
  expect(`${name}: ${report.problem?.code}`).toBe(`${name}: ${fault.mayFail?.[name] ?? 'done'}`);
  if (report.problem?.code === 'dataset-incomplete' && name === 'group_members' && end.method.startsWith('compare')) {
    if (report.unproven.count > 0) expectProvenRead(end);
    else expectNothingLost(end);
    return;
  }
  expect(after, `${name} is as it was`).toEqual(before);
}

/** Of which parents there are is doubtful: what was read may have been added, nothing may be gone, and nothing is of nowhere. */
function expectNothingLost({ name, report, before, after, tenant }: End): void {
  expect(after[name]).toEqual(expect.arrayContaining([...before[name]]));
  expect([...before[name], ...tenant[name]]).toEqual(expect.arrayContaining([...after[name]]));
  expect(report.counts.deleted).toBe(0);
}

/** Rows of parents that could not be read stay, those that came of them may be added; those of the others are what the SDK reads. */
function expectProvenRead({ name, method, report, before, after, tenant }: End): void {
  expect(report.unproven.count).toBe(report.unproven.parents.length);
  const ids = report.unproven.parents.map(({ id }) => id);
  const of = (rows: readonly string[], failed: boolean) => rows.filter((row) => ids.some((id) => row.includes(id)) === failed);
  expect(of(after[name], false)).toEqual(of(tenant[name], false));
  // A version of a lake lacks what did not come; its manifest names the parents, and the versions before have the rows.
  if (method !== 'lake') expect(of(after[name], true)).toEqual(expect.arrayContaining(of(before[name], true)));
  expect(of([...before[name], ...tenant[name]], true)).toEqual(expect.arrayContaining(of(after[name], true)));
}

/** Users are those of the tenant; of a column that could not be read each keeps what was landed of it, and who is new has none. */
function expectValuesKept({ before, after, tenant, method }: End, unread: readonly string[]): void {
  const landed = new Map(before.users.map((line) => [valuesOf(line)[0], valuesOf(line)]));
  const expected = tenant.users.map((line) => {
    const row = valuesOf(line);
    const values = USER_COLUMNS.map((column, index) => {
      if (!unread.includes(column)) return row[index];
      // A version of a lake lacks the column; what was known of it is in the versions before.
      return method === 'lake' ? null : (landed.get(row[0])?.[index] ?? null);
    });
    return JSON.stringify(values);
  });
  expect(after.users).toEqual(expected.sort());
}

function valuesOf(line: string): unknown[] {
  return JSON.parse(line) as unknown[];
}

function nameOf({ name }: DatasetDefinition): keyof Rows {
  return name === 'users' ? 'users' : 'group_members';
}
