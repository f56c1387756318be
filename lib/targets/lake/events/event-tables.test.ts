import { expect, test } from 'vitest';
import { eventsAt, rowOf, SIGN_INS, simulatedEvents } from '#lib/reload/testing/event-source.ts';
import { createTables, type Row } from '#lib/targets/testing/table-rig.ts';

const START = '2026-10-01T00:00:00.000Z';
const hoursLater = (hours: number): string => new Date(Date.parse(START) + hours * 3_600_000).toISOString();
const statesOf = (rows: readonly Row[]): readonly string[] => rows.map(({ id, status }) => `${id} ${status}`).sort();

test('Delta and Iceberg tables show each of 40 days of events once, of which Graph keeps 30, with its last state', async () => {
  const events = simulatedEvents(START, 40);
  const tables = await createTables();
  for (let hours = 160; hours <= 40 * 24; hours += 160) {
    const now = hoursLater(hours);
    const reading = { full: false, sourceKey: 'conn_1' };
    const report = await tables.reload(`run_${hours}`, [], { now, dataset: SIGN_INS, source: eventsAt(events, now), reading });
    expect(report).toMatchObject({ state: 'done', problem: null });
    const arrived = statesOf(events.filter(({ arrives }) => arrives <= now).map((event) => rowOf(event, now)));
    expect(statesOf(await tables.delta())).toEqual(arrived);
    expect(statesOf(await tables.iceberg())).toEqual(arrived);
  }
});
