import type { PermissionAdvice, PermissionReview, SignInMethod } from '#lib/domain/connection.ts';
import { CATALOG } from './catalog.ts';
import type { CatalogEntry } from './entry.ts';

/** Delegated permissions that people can consent to for themselves (Graph permissions reference); the others need an administrator. */
const SELF_CONSENT = new Set(['User.Read']);

/** Permissions that let more than read; Graph lists some collections with nothing less. */
const WRITES = /\.ReadWrite\b/;

/**
 * The least permissions for these datasets (null: for all that reading permissions open). A permission that another dataset needs anyway
 * is reused where it will do, so that the list stays short; delegated `User.Read` is always there, since signing in needs it. Application
 * permissions always need an administrator. A dataset that can't be read with this kind of sign-in asks for nothing.
 */
export function advisePermissions(datasetNames: readonly string[] | null, signIn: SignInMethod): readonly PermissionAdvice[] {
  const entries = readableBy(entriesOf(datasetNames), datasetNames === null, signIn);
  const least = new Set(entries.map((entry) => acceptedBy(entry, signIn)[0]));
  const datasets = new Map<string, string[]>(signIn === 'delegated' ? [['User.Read', []]] : []);
  for (const entry of entries) {
    const chosen = acceptedBy(entry, signIn).find((name) => least.has(name)) ?? 'Directory.Read.All';
    datasets.set(chosen, [...(datasets.get(chosen) ?? []), entry.name]);
  }
  return [...datasets.entries()]
    .map(([name, names]) => ({ name, adminConsent: needsAdministrator(name, signIn), datasets: names }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * What these datasets (null: all) need, beside what was granted: wanted and granted, covered by a wider permission, missing, or granted
 * but not needed.
 */
export function reviewPermissions({
  datasetNames,
  granted,
  signIn,
}: {
  readonly datasetNames: readonly string[] | null;
  readonly granted: readonly string[];
  readonly signIn: SignInMethod;
}): readonly PermissionReview[] {
  const has = new Set(granted);
  const entries = readableBy(entriesOf(datasetNames), datasetNames === null, signIn);
  const used = new Set<string>(SELF_CONSENT);
  for (const entry of entries) for (const name of acceptedBy(entry, signIn)) if (has.has(name)) used.add(name);
  const wanted = advisePermissions(datasetNames, signIn).map((advice): PermissionReview => {
    if (has.has(advice.name)) return { ...advice, state: 'granted', coveredBy: null };
    const unread = entries.filter(
      (entry) => advice.datasets.includes(entry.name) && !acceptedBy(entry, signIn).some((name) => has.has(name)),
    );
    if (unread.length > 0) {
      return { ...advice, datasets: unread.map((entry) => entry.name), state: 'missing', coveredBy: null };
    }
    return { ...advice, state: 'covered', coveredBy: coverOf(advice, entries, has, signIn) };
  });
  const names = new Set(wanted.map((review) => review.name));
  const others = granted
    .filter((name) => !names.has(name))
    .map(
      (name): PermissionReview => ({
        name,
        // A wider permission that stands in for a wanted one is needed as long as that one is missing.
        state: used.has(name) && wanted.some((review) => review.coveredBy === name) ? 'granted' : 'not-needed',
        adminConsent: needsAdministrator(name, signIn),
        datasets: [],
        coveredBy: null,
      }),
    );
  return [...wanted, ...others].sort((a, b) => ORDER[a.state] - ORDER[b.state] || a.name.localeCompare(b.name));
}

const ORDER = { missing: 0, granted: 1, covered: 2, 'not-needed': 3 } as const satisfies Record<
  PermissionReview['state'],
  number
>;

/** The granted permission that lets the datasets of a wanted one be read. */
function coverOf(
  advice: PermissionAdvice,
  entries: readonly CatalogEntry[],
  has: ReadonlySet<string>,
  signIn: SignInMethod,
): string | null {
  const entry = entries.find((candidate) => advice.datasets.includes(candidate.name));
  return entry === undefined ? null : (acceptedBy(entry, signIn).find((name) => has.has(name)) ?? null);
}

function readableBy(entries: readonly CatalogEntry[], onlyReading: boolean, signIn: SignInMethod): readonly CatalogEntry[] {
  return entries.filter((entry) => {
    const accepted = acceptedBy(entry, signIn);
    return onlyReading ? accepted.some((name) => !WRITES.test(name)) : accepted.length > 0;
  });
}

function entriesOf(datasetNames: readonly string[] | null): readonly CatalogEntry[] {
  return datasetNames === null ? CATALOG : CATALOG.filter((entry) => datasetNames.includes(entry.name));
}

/** Permissions any of which lets the entry be read, the least one first. */
function acceptedBy({ permissions }: CatalogEntry, signIn: SignInMethod): readonly string[] {
  return signIn === 'app-only' ? permissions.application : permissions.delegated;
}

function needsAdministrator(name: string, signIn: SignInMethod): boolean {
  return signIn === 'app-only' || !SELF_CONSENT.has(name);
}
