import type { PermissionAdvice } from '#lib/domain/connection.ts';
import { CATALOG } from './catalog.ts';
import type { CatalogEntry } from './entry.ts';

/** Delegated permissions that people can consent to for themselves (Graph permissions reference); the others need an administrator. */
const SELF_CONSENT = new Set(['User.Read']);

/**
 * The least delegated permissions for these datasets (null: for all). A permission that another dataset needs anyway is reused where it will
 * do, so that the list stays short; `User.Read` is always there, since signing in needs it.
 */
export function advisePermissions(datasetNames: readonly string[] | null): readonly PermissionAdvice[] {
  const entries = datasetNames === null ? CATALOG : CATALOG.filter((entry) => datasetNames.includes(entry.name));
  const least = new Set(entries.map((entry) => entry.permissions[0]));
  const datasets = new Map<string, string[]>([['User.Read', []]]);
  for (const entry of entries) {
    const chosen = choose(entry, least);
    datasets.set(chosen, [...(datasets.get(chosen) ?? []), entry.name]);
  }
  return [...datasets.entries()]
    .map(([name, names]) => ({ name, adminConsent: !SELF_CONSENT.has(name), datasets: names }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** The entry's least permission. */
function choose(entry: CatalogEntry, least: ReadonlySet<string | undefined>): string {
  return entry.permissions.find((name) => least.has(name)) ?? 'Directory.Read.All';
}
