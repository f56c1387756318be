import { createHash } from 'node:crypto';
import { escape as escapeValue } from 'sql-escaper';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import { type MariadbSettings, NAME_MAX } from '#lib/targets/mariadb/settings.ts';

/** Longest of the suffixes that a landed table's name gets (`__rejected`). */
const SUFFIX_MAX = 10;
const DIGEST = 8;

export function quote(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** A text as an SQL literal. */
export function literal(text: string | number): string {
  return escapeValue(text);
}

/** In front of the names of all tables of a schema. */
export function prefixOf({ prefix }: Pick<MariadbSettings, 'prefix'>, schema: string): string {
  return prefix.replaceAll('{schema}', schema);
}

/** The name of a landed table in the database. One that is too long is cut, and ends with a digest of the whole name. */
export function tableName(settings: Pick<MariadbSettings, 'prefix'>, schema: string, table: string): string {
  const whole = prefixOf(settings, schema) + table;
  if (whole.length <= NAME_MAX - SUFFIX_MAX) return whole;
  return `${whole.slice(0, NAME_MAX - SUFFIX_MAX - DIGEST - 1)}_${digestOf(whole).slice(0, DIGEST)}`;
}

/** Names of everything that belongs to one landed table. */
export interface TableNames {
  /** Unquoted: the landed table, and what it is recorded by. */
  readonly table: string;
  readonly live: string;
  readonly changes: string;
  readonly history: string;
  readonly rejected: string;
  /** Tables of the session alone. */
  temporary(what: 'changed' | 'deleted' | 'updates' | 'gone' | 'loaded' | 'ids' | 'hashes' | 'unproven' | 'rejected'): string;
  /** What a run loads beside the landed table, unquoted; those of earlier runs begin with the same. */
  beside(runId: string, what: 'new' | 'rejected' | 'old' | 'oldrej'): string;
  readonly besidePrefix: string;
}

export function namesOf(settings: Pick<MariadbSettings, 'prefix'>, plan: Pick<DatasetPlan, 'namespace' | 'table'>): TableNames {
  const table = tableName(settings, plan.namespace, plan.table);
  const besidePrefix = `entrada_${digestOf(table).slice(0, 16)}_`;
  return {
    table,
    live: quote(table),
    changes: quote(`${table}__ct`),
    history: quote(`${table}__history`),
    rejected: quote(`${table}__rejected`),
    temporary: (what) => quote(`entrada_t_${what}`),
    besidePrefix,
    beside: (runId, what) => `${besidePrefix}${digestOf(runId).slice(0, 16)}_${what}`,
  };
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
