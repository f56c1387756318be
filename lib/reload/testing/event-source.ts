import { type ColumnType, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
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

/** The policies of a sign-in, as rows of their own. Nothing but its content identifies one. */
export const SIGN_IN_POLICIES: DatasetDefinition = itemsOf(SIGN_INS, 'policies', { name: 'string', result: 'string' });

/** The history of risky users, which Graph has no filter by time for. */
export const RISK_HISTORY: DatasetDefinition = DatasetDefinition.parse({
  ...fakeDataset(
    { '@parent.id': 'string', id: 'string', riskLastUpdatedDateTime: 'dateTimeOffset', riskLevel: 'string' },
    { name: 'risky_user_history', key: ['@parent.id', 'id'], countable: false },
  ),
  kind: 'relationship',
  path: '/identityProtection/riskyUsers/{id}/history',
  entityType: 'microsoft.graph.riskyUserHistoryItem',
  parent: { path: '/identityProtection/riskyUsers', column: 'parent_id' },
});

/** As the catalogue of a version before it knew their time. */
function itemsOf(owner: DatasetDefinition, list: string, columns: Readonly<Record<string, ColumnType>>): DatasetDefinition {
  const paths = { id: 'string', ...prefixed(`${list}[].`, columns), [`${list}[].@item`]: 'string' } as const;
  const names = ['sign_in_id', ...Object.keys(columns), 'item'];
  const dataset = fakeDataset(paths, { name: `sign_ins_${list}`, key: ['id', `${list}[].@item`], countable: false });
  return DatasetDefinition.parse({
    ...{ ...owner, name: dataset.name, title: 'Policies of sign-ins', kind: 'child' },
    child: { dataset: owner.name, sourcePath: list },
    columns: dataset.columns.map((column, index) => ({ ...column, name: names[index] ?? column.name })),
  });
}

function prefixed(prefix: string, columns: Readonly<Record<string, ColumnType>>): Readonly<Record<string, ColumnType>> {
  return Object.fromEntries(Object.entries(columns).map(([name, type]) => [prefix + name, type]));
}

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

/** An event as Graph shows it at a moment, with up to two policies; the result of one, and whether there is another, settle later. */
export function rowOf({ id, at, settles }: FakeEvent, now: string) {
  const status = settles === undefined || settles <= now ? 'final' : 'pending';
  const [first, second] = [
    { name: 'mfa', result: status },
    { name: 'block', result: 'notApplied' },
  ];
  const policies = id.endsWith('7') ? [first] : id.endsWith('2') ? (status === 'final' ? [first] : [first, second]) : [];
  return { id, createdDateTime: at, status, policies };
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
