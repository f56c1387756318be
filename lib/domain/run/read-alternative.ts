import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { formatCount, formatCounted } from '#lib/domain/format.ts';

/** A cheaper way to (most of) the same facts. */
export interface ReadAlternative {
  /** Name of the dataset to read instead; null: the same dataset without `column`. */
  readonly dataset: string | null;
  /** Source path of the column to leave out; null where another dataset is the alternative. */
  readonly column: string | null;
  /** What the alternative has, e.g. `which methods each enabled user has registered`. */
  readonly has: string;
  /** Permission and licence that it needs; null: what the dataset itself needs. */
  readonly needs: string | null;
  /** Rows per request; null where the count of requests comes from a plan. */
  readonly pageSize: number | null;
  /** Null: unknown before the reload. */
  readonly requests: number | null;
}

/**
 * The report on registered methods has a row for each enabled user. What it has and what it needs: Graph doc "List userRegistrationDetails";
 * `methodsRegistered` names no password and no platform credential, so those datasets have no alternative.
 */
const REGISTRATION_REPORT = {
  dataset: 'user_registration_details',
  column: null,
  has: 'which methods each enabled user has registered, but not their details',
  needs: 'AuditLog.Read.All and Microsoft Entra ID P1',
  pageSize: 999,
} as const;

const REPORTED_METHODS =
  /^\/users\/\{id\}\/authentication\/(methods|(email|fido2|microsoftAuthenticator|phone|softwareOath|temporaryAccessPass|windowsHelloForBusiness)Methods)$/;

/** The report that has most of what a dataset has; null: there is none. @param users of the tenant; null: unknown */
export function reportInsteadOf(
  { path, kind }: Pick<DatasetDefinition, 'path' | 'kind'>,
  users: number | null,
): ReadAlternative | null {
  // A child table has details of a method, which the report does not have.
  if (kind !== 'relationship' || !REPORTED_METHODS.test(path)) return null;
  const requests = users === null ? null : Math.max(1, Math.ceil(users / REGISTRATION_REPORT.pageSize));
  return { ...REGISTRATION_REPORT, requests };
}

/** The alternative as a sentence. */
export function alternativeSentence({ dataset, column, has, needs, pageSize, requests }: ReadAlternative): string {
  const cost =
    requests === null
      ? `with one request for each ${formatCount(pageSize ?? 0)} users`
      : `in about ${formatCounted(requests, 'request')}`;
  if (dataset === null) return `Without the column ${column}, Entrada reads the other columns ${cost}.`;
  return `The report ${dataset} gives similar data ${cost}: ${has}.${needs === null ? '' : ` It needs ${needs}.`}`;
}
