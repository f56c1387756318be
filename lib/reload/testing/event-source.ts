import { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { type FakeSourceOptions, fakeDataset } from './fake-source.ts';

const DAY_MS = 86_400_000;

/** Sign-ins with a key, a time and a value that may change. */
export const SIGN_INS: DatasetDefinition = DatasetDefinition.parse({
  ...fakeDataset({ id: 'string', createdDateTime: 'dateTimeOffset', status: 'string' }, { name: 'sign_ins', countable: false }),
  version: 1,
  kind: 'entity',
  title: 'Sign-ins',
  path: '/auditLogs/signIns',
  entityType: 'microsoft.graph.signIn',
});

export interface FakeEvent {
  readonly id: string;
  /** When it happened and when Graph shows it, ISO 8601. */
  readonly at: string;
  readonly arrives: string;
  /** From when on its status is `final`. */
  readonly settles?: string;
}

/** What Graph answers at a moment: events that have arrived, are not older than `keptDays`, and pass the window of the filter. */
export function eventsAt(events: readonly FakeEvent[], now: string, keptDays = 30): Pick<FakeSourceOptions, 'pages' | 'rowsOf'> {
  const keptFrom = Date.parse(now) - keptDays * DAY_MS;
  const rowsOf = ({ filter }: DatasetDefinition) => {
    const from = /createdDateTime ge (\S+)/.exec(filter ?? '')?.[1] ?? '';
    return events
      .filter(({ at, arrives }) => Date.parse(arrives) <= Date.parse(now) && Date.parse(at) >= keptFrom)
      .filter(({ at }) => from === '' || Date.parse(at) >= Date.parse(from))
      .map((event) => rowOf(event, now));
  };
  return { pages: [], rowsOf };
}

/** An event as Graph shows it at a moment. */
export function rowOf({ id, at, settles }: FakeEvent, now: string) {
  return { id, createdDateTime: at, status: settles === undefined || settles <= now ? 'final' : 'pending' };
}

/**
 * A tenant of `days` days, an event an hour: one in ten is shown up to 100 minutes late, and the status of one in five changes
 * within 90 minutes.
 */
export function simulatedEvents(start: string, days: number): readonly FakeEvent[] {
  return Array.from({ length: days * 24 }, (_, index): FakeEvent => {
    const at = Date.parse(start) + index * 3_600_000 + (index % 7) * 60_000;
    const later = (minutes: number): string => new Date(at + minutes * 60_000).toISOString();
    return {
      id: `event-${index}`,
      at: later(0),
      arrives: later(index % 10 === 3 ? 20 + (index % 80) : 1),
      ...(index % 5 === 2 ? { settles: later(90) } : {}),
    };
  });
}
