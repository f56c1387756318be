/** How events of a type are read by their time. */
export interface EventFacts {
  /** Property with the time of the event, which `$filter` compares. */
  readonly time: string;
  /**
   * Documented operator for a lower bound. Provisioning logs support only `gt` (Graph doc "List provisioningObjectSummary"). Null: Graph has no
   * filter by time there, so each run reads all that it has.
   */
  readonly from: 'ge' | 'gt' | null;
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

/** Read for each parent, without a filter by time (Graph docs "List history of riskyUser", "List history of riskyServicePrincipal"). */
const HISTORY_TYPES: Readonly<Record<string, EventFacts>> = {
  riskyuserhistoryitem: { time: 'riskLastUpdatedDateTime', from: null, keptDays: ENTRA_DAYS },
  riskyserviceprincipalhistoryitem: { time: 'riskLastUpdatedDateTime', from: null, keptDays: ENTRA_DAYS },
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

/**
 * How a dataset of events is read; null for any other dataset. Items of a collection in an event (`child`) and the histories that are read for each
 * parent (`relationship`) are events, too.
 */
export function eventFacts({ kind, entityType }: { readonly kind: string; readonly entityType: string }): EventFacts | null {
  switch (kind) {
    case 'events':
      return factsOfType(entityType);
    case 'relationship':
      return factsOfType(entityType, HISTORY_TYPES);
    case 'child':
      return factsOfType(entityType) ?? factsOfType(entityType, HISTORY_TYPES);
    default:
      return null;
  }
}

/** Whether the rows of a dataset are appended by their time, and never compared for deletes. */
export function isEvents(dataset: { readonly kind: string; readonly entityType: string }): boolean {
  return eventFacts(dataset) !== null;
}

function factsOfType(entityType: string, types = EVENT_TYPES): EventFacts | null {
  return types[entityType.slice(entityType.lastIndexOf('.') + 1).toLowerCase()] ?? null;
}

/** Explanation of event datasets on pages and runs. */
export const EVENTS_ARE_APPENDED =
  'Each event is appended once, by its key. With every update method, landed events are kept after Graph has deleted them.';

/**
 * `$filter` for events from a time on, combined with the dataset's own filter.
 * @param from ISO 8601; written in whole seconds, since provisioning logs accept no fractions. Null: no lower bound.
 */
export function eventFilter(facts: EventFacts, own: string | null, from: string | null): string | null {
  if (from === null || facts.from === null) return own;
  const seconds = Math.floor(Date.parse(from) / 1000) - (facts.from === 'gt' ? 1 : 0);
  const window = `${facts.time} ${facts.from} ${new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')}`;
  return own === null || own === '' ? window : `(${own}) and ${window}`;
}
