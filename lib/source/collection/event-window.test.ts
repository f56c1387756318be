import { afterAll, expect, it } from 'vitest';
import { eventFilter } from '#lib/domain/dataset/event-dataset.ts';
import { createGraphRig } from '#lib/emulator/graph/testing/graph-rig.ts';

const rig = createGraphRig(300);
afterAll(() => rig.close());

type Event = { readonly id: string; readonly createdDateTime: string };

async function signIns(query: string, version = 'v1.0'): Promise<Event[]> {
  const rows: Event[] = [];
  for (let url = `https://localhost:1/${version}/auditLogs/signIns?$top=50${query}`; url !== undefined; ) {
    const { json } = await rig.call(url);
    rows.push(...(json.value as unknown as Event[]));
    url = json['@odata.nextLink'];
  }
  return rows;
}

it('the emulated Graph keeps sign-ins for 30 days, each under the same id, and shows some of them late', async () => {
  const before = await signIns('');
  expect(before.length).toBeGreaterThan(200);
  expect(before.map(({ createdDateTime }) => createdDateTime)).toEqual(
    before
      .map((row) => row.createdDateTime)
      .sort()
      .reverse(),
  );
  const from = rig.clock.at.getTime() - 30 * 86_400_000;
  expect(before.every(({ createdDateTime }) => Date.parse(createdDateTime) >= from)).toBe(true);
  rig.clock.at = new Date(rig.clock.at.getTime() + 3 * 86_400_000);
  const after = new Map((await signIns('')).map((row) => [row.id, row]));
  const still = before.filter(({ id }) => after.has(id));
  expect(still.length).toBeGreaterThan(before.length * 0.85);
  expect(still.length).toBeLessThan(before.length);
  for (const row of still) expect(after.get(row.id)?.createdDateTime).toBe(row.createdDateTime);
  const known = new Set(before.map(({ id }) => id));
  const newestBefore = before[0]?.createdDateTime ?? '';
  const late = [...after.values()].filter(({ id, createdDateTime }) => !known.has(id) && createdDateTime < newestBefore);
  expect(late.length + [...after.values()].filter(({ createdDateTime }) => createdDateTime > newestBefore).length).toBe(
    after.size - still.length,
  );
});

it('a window takes the events from its time on, and keeps the filter of the dataset', async () => {
  const facts = { time: 'createdDateTime', from: 'ge', keptDays: 30 } as const;
  const all = await signIns('');
  const from = all[20]?.createdDateTime ?? '';
  const own = "conditionalAccessStatus eq 'success'";
  const filter = encodeURIComponent(eventFilter(facts, null, from) ?? '');
  expect((await signIns(`&$filter=${filter}`)).map(({ id }) => id)).toEqual(all.slice(0, 21).map(({ id }) => id));
  expect(eventFilter(facts, own, '2026-11-24T00:00:00.123Z')).toBe(`(${own}) and createdDateTime ge 2026-11-24T00:00:00Z`);
  expect(eventFilter({ ...facts, from: 'gt' }, null, '2026-11-24T00:00:00Z')).toBe('createdDateTime gt 2026-11-23T23:59:59Z');
  expect(eventFilter(facts, own, null)).toBe(own);
});

it('beta has sign-ins of other kinds behind signInEventTypes, v1.0 the interactive ones alone', async () => {
  const of = (type: string) => signIns(`&$filter=${encodeURIComponent(`signInEventTypes/any(t: t eq '${type}')`)}`, 'beta');
  const ids = (rows: readonly Event[]) => new Set(rows.map(({ id }) => id));
  const [interactive, application] = [ids(await signIns('', 'beta')), ids(await of('servicePrincipal'))];
  expect(ids(await signIns(''))).toEqual(interactive);
  expect(application.size).toBe(interactive.size);
  expect(application.isDisjointFrom(interactive)).toBe(true);
  const refused = await rig.call(
    `/auditLogs/signIns?$filter=${encodeURIComponent("signInEventTypes/any(t: t eq 'servicePrincipal')")}`,
  );
  expect(refused.status).toBe(400);
});
