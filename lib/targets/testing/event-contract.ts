import { describe, expect, test } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { EventSettings } from '#lib/domain/task/event-settings.ts';
import type { TaskTarget } from '#lib/domain/task/task.ts';
import {
  eventsAt,
  type FakeEvent,
  RISK_HISTORY,
  rowOf,
  SIGN_IN_POLICIES,
  SIGN_INS,
  simulatedEvents,
} from '#lib/reload/testing/event-source.ts';
import type { FakeSourceOptions } from '#lib/reload/testing/fake-source.ts';
import { findTargetModule } from '#lib/targets/registry.ts';
import { NO_RULES, reloadInto } from './reload-into.ts';
import type { ContractSink } from './sink-contract.ts';

const START = '2026-10-01T00:00:00.000Z';
const hoursLater = (hours: number): string => new Date(Date.parse(START) + hours * 3_600_000).toISOString();

/** What every target that keeps events guarantees, of events and of what belongs to them. */
export function describeEvents(name: string, sink: ContractSink): void {
  describe(`the contract of events: ${name}`, () => {
    test('40 days of events, of which Graph keeps 30: each is landed once with its last state, and so are its items', async () => {
      const task = await startTask(sink);
      const events = simulatedEvents(START, 40);
      let last = START;
      for (let hours = 319.5; hours <= 40 * 24; hours += 319.5) {
        last = hoursLater(hours);
        for (const dataset of [SIGN_INS, SIGN_IN_POLICIES])
          expect(await task.run(dataset, eventsAt(events, last), last)).toMatchObject({ state: 'done', problem: null });
      }
      const shown = events.filter(({ arrives }) => arrives <= last);
      expect(await task.landed(SIGN_INS, ['id', 'status'])).toEqual(statesOf(shown, last));
      const items = itemsOf(shown, last);
      expect(items.length).toBeGreaterThan(100);
      expect(await task.landed(SIGN_IN_POLICIES, ['sign_in_id', 'name', 'result'])).toEqual(items);
    });

    test('an event that is read again has the items that were read with it; one that is not keeps its own', async () => {
      const task = await startTask(sink);
      const event = { id: 'event-2', at: hoursLater(1), arrives: hoursLater(1), settles: hoursLater(3) };
      const old = { id: 'event-7', at: hoursLater(1), arrives: hoursLater(1) };
      await task.run(SIGN_IN_POLICIES, eventsAt([event, old], hoursLater(2)), hoursLater(2));
      expect(await task.landed(SIGN_IN_POLICIES, ['sign_in_id', 'name', 'result'])).toEqual([
        ...['event-2 block notApplied', 'event-2 mfa pending', 'event-7 mfa final'],
      ]);
      const report = await task.run(SIGN_IN_POLICIES, eventsAt([event], hoursLater(3)), hoursLater(3));
      expect(report).toMatchObject({ state: 'done', problem: null, counts: { deleted: 2, inserted: 1 } });
      const after = ['event-2 mfa final', 'event-7 mfa final'];
      expect(await task.landed(SIGN_IN_POLICIES, ['sign_in_id', 'name', 'result'])).toEqual(after);
      const again = await task.run(SIGN_IN_POLICIES, eventsAt([event], hoursLater(4)), hoursLater(4));
      expect(again.counts).toMatchObject({ inserted: 0, updated: 0, deleted: 0 });
      expect(await task.landed(SIGN_IN_POLICIES, ['sign_in_id', 'name', 'result'])).toEqual(after);
    });

    test('items are deleted with their events when the task keeps those no longer', async () => {
      const task = await startTask(sink, { retentionDays: 5 });
      const events = simulatedEvents(START, 12);
      for (const day of [4, 10]) {
        const now = hoursLater(day * 24);
        for (const dataset of [SIGN_INS, SIGN_IN_POLICIES]) await task.run(dataset, eventsAt(events, now), now);
      }
      const ids = new Set((await task.landed(SIGN_INS, ['id'])).map((id) => id));
      const owners = await task.landed(SIGN_IN_POLICIES, ['sign_in_id']);
      expect(owners.length).toBeGreaterThan(10);
      expect(owners.filter((id) => !ids.has(id))).toEqual([]);
      expect(ids.has('event-2')).toBe(false);
    });

    test('a history that is read whole keeps what Graph has forgotten, and follows rows whose time moves', async () => {
      const task = await startTask(sink, { retentionDays: 5 });
      const row = (id: string, day: number, riskLevel: string) => ({
        ...{ '@parent.id': 'ada', id, riskLevel, riskLastUpdatedDateTime: hoursLater(day * 24) },
      });
      const run = (rows: readonly object[], day: number) =>
        task.run(RISK_HISTORY, { pages: [rows as never] }, hoursLater(day * 24));
      await run([row('ada', 1, 'high'), row('ada1', 0, 'low')], 1);
      // The present state has the id of the user; what it was before gets one of its own.
      const report = await run([row('ada', 8, 'none'), row('ada2', 1, 'high')], 9);
      expect(report).toMatchObject({ state: 'done', problem: null, counts: { inserted: 1, updated: 1, deleted: 0 } });
      const columns = ['id', 'riskLevel', 'riskLastUpdatedDateTime'];
      const landed = (await task.landed(RISK_HISTORY, columns)).map((text) => text.slice(0, text.lastIndexOf(' ') + 11));
      expect(landed.map((text) => text.split(/[T ]/).slice(0, 3).join(' '))).toEqual([
        ...['ada none 2026-10-09', 'ada1 low 2026-10-01', 'ada2 high 2026-10-02'],
      ]);
    });
  });
}

async function startTask({ task, create, rules = NO_RULES }: ContractSink, events: Partial<EventSettings> = {}) {
  const access = await create();
  const settings = { ...task.settings, events: EventSettings.parse(events) };
  const mine = { ...task, settings } as TaskTarget;
  const run = (dataset: DatasetDefinition, source: FakeSourceOptions, now: string) =>
    reloadInto({
      ...{ access, rules, task: mine, dataset, source, now, runId: `run_${now.replaceAll(/\W/g, '')}` },
      reading: { full: false, sourceKey: 'conn_1' },
      onInternalError: (error) => {
        throw error;
      },
    });
  const landed = async (dataset: DatasetDefinition, columns: readonly string[]): Promise<readonly string[]> => {
    const page = { offset: 0, limit: 10_000 };
    const answer = await findTargetModule(access.kind).readRows(access, rules, { task: mine, dataset, page });
    const places = columns.map((name) => answer.columns.findIndex((column) => column.name === name));
    return answer.rows.map((cells) => places.map((place) => cells[place]).join(' ')).toSorted();
  };
  return { run, landed };
}

function statesOf(events: readonly FakeEvent[], now: string): readonly string[] {
  return events
    .map((event) => rowOf(event, now))
    .map(({ id, status }) => `${id} ${status}`)
    .toSorted();
}

function itemsOf(events: readonly FakeEvent[], now: string): readonly string[] {
  return events
    .map((event) => rowOf(event, now))
    .flatMap(({ id, policies }) => policies.map(({ name, result }) => `${id} ${name} ${result}`))
    .toSorted();
}
