/** How events of a type are read by their time. */
export interface EventFacts {
  /** Property with the time of the event, which `$filter` compares. */
  readonly time: string;
  /** Documented operator for a lower bound. Provisioning logs support only `gt` (Graph doc "List provisioningObjectSummary"). */
  readonly from: 'ge' | 'gt';
  /**
   * Days after which Graph deletes an event at the latest (Entra doc "Microsoft Entra data retention", Intune doc "Audit logs"). Tenants
   * without a Premium licence keep sign-ins and audits for 7 days only.
   */
  readonly keptDays: number;
}

const ENTRA_DAYS = 30;
const INTUNE_DAYS = 365;

/**
 * Keyed by entity type in lower case, without namespace. Filters by time: Graph docs "List signIns", "List directoryAudits", "List
 * provisioningObjectSummary", "List riskDetections", "List auditEvents".
 */
const EVENT_TYPES: Readonly<Record<string, EventFacts>> = {
  signin: { time: 'createdDateTime', from: 'ge', keptDays: ENTRA_DAYS },
  directoryaudit: { time: 'activityDateTime', from: 'ge', keptDays: ENTRA_DAYS },
  provisioningobjectsummary: { time: 'activityDateTime', from: 'gt', keptDays: ENTRA_DAYS },
  selfservicesignup: { time: 'createdDateTime', from: 'ge', keptDays: ENTRA_DAYS },
  customsecurityattributeaudit: { time: 'activityDateTime', from: 'ge', keptDays: ENTRA_DAYS },
  riskdetection: { time: 'detectedDateTime', from: 'ge', keptDays: ENTRA_DAYS },
  serviceprincipalriskdetection: { time: 'detectedDateTime', from: 'ge', keptDays: ENTRA_DAYS },
  auditevent: { time: 'activityDateTime', from: 'ge', keptDays: INTUNE_DAYS },
};

interface EventType {
  readonly entityType: string;
  readonly columns: readonly { readonly sourcePath: string; readonly type: string; readonly key: boolean }[];
  readonly read: { readonly single: boolean };
}

/** The kind of a collection without parents: `events` when its entity type is a known log and its rows have a key and a time, else `entity`. */
export function kindOfCollection({ entityType, columns, read }: EventType): 'entity' | 'events' {
  const facts = factsOfType(entityType);
  const isTime = ({ sourcePath, type }: EventType['columns'][number]): boolean =>
    sourcePath === facts?.time && type === 'dateTimeOffset';
  return facts !== null && !read.single && columns.some(isTime) && columns.some(({ key }) => key) ? 'events' : 'entity';
}

/** How a dataset of events is read; null for any other dataset. */
export function eventFacts({ kind, entityType }: { readonly kind: string; readonly entityType: string }): EventFacts | null {
  return kind === 'events' ? factsOfType(entityType) : null;
}

function factsOfType(entityType: string): EventFacts | null {
  return EVENT_TYPES[entityType.slice(entityType.lastIndexOf('.') + 1).toLowerCase()] ?? null;
}

/** Explanation of event datasets on pages and runs. */
export const EVENTS_ARE_APPENDED =
  'Events are appended, each once by its id. Landed events are never deleted because Graph no longer has them, whatever the update method.';

/**
 * `$filter` for events from a time on, combined with the dataset's own filter.
 * @param from ISO 8601; written in whole seconds, since provisioning logs accept no fractions. Null: no lower bound.
 */
export function eventFilter(facts: EventFacts, own: string | null, from: string | null): string | null {
  if (from === null) return own;
  const seconds = Math.floor(Date.parse(from) / 1000) - (facts.from === 'gt' ? 1 : 0);
  const window = `${facts.time} ${facts.from} ${new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')}`;
  return own === null || own === '' ? window : `(${own}) and ${window}`;
}
