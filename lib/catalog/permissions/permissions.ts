import { CATALOG } from '#lib/catalog/catalog.ts';
import type { CatalogEntry } from '#lib/catalog/entry.ts';
import { HIDDEN_PERMISSION, hiddenParentsOf } from '#lib/domain/access/hidden-membership.ts';
import type { PermissionAdvice, PermissionReview, SignInMethod } from '#lib/domain/connection/connection.ts';

/** Delegated permissions that people can consent to for themselves (Graph permissions reference); the others need an administrator. */
const SELF_CONSENT = new Set(['User.Read']);

/** Permissions that let more than read; Graph lists some collections with nothing less. */
const WRITES = /\.ReadWrite\b/;

/** Permissions any one of which is needed to read a dataset, the least one first. */
interface Need {
  readonly dataset: string;
  readonly accepted: readonly string[];
  /** Whether it is needed to list the parents of the rows, not the rows themselves. */
  readonly ofParent: boolean;
}

/**
 * The least permissions for these datasets (null: for all that reading permissions open). A permission that another dataset needs anyway
 * is reused where it will do, so that the list stays short; delegated `User.Read` is always there, since signing in needs it. Application
 * permissions always need an administrator. A dataset that can't be read with this kind of sign-in asks for nothing.
 */
export function advisePermissions(datasetNames: readonly string[] | null, signIn: SignInMethod): readonly PermissionAdvice[] {
  const needs = needsOf(datasetNames, signIn);
  return [...adviseFor(needs, signIn), ...optionalFor(needs)].sort((a, b) => a.name.localeCompare(b.name));
}

/** Permissions without which datasets can be read in part only. */
function optionalFor(needs: readonly Need[]): readonly PermissionAdvice[] {
  const hiding = new Set(CATALOG.filter((entry) => hiddenParentsOf(entry) !== null).map(({ name }) => name));
  const datasets = [...new Set(needs.map(({ dataset }) => dataset).filter((name) => hiding.has(name)))];
  return datasets.length === 0 ? [] : [{ name: HIDDEN_PERMISSION, adminConsent: true, datasets, optional: true }];
}

function adviseFor(needs: readonly Need[], signIn: SignInMethod): readonly PermissionAdvice[] {
  const least = new Set(needs.filter((need) => !need.ofParent).flatMap((need) => need.accepted[0] ?? []));
  for (const { accepted } of needs) if (!accepted.some((name) => least.has(name))) least.add(accepted[0] ?? '');
  const datasets = new Map<string, Set<string>>(signIn === 'delegated' ? [['User.Read', new Set()]] : []);
  for (const { accepted, dataset } of needs) {
    const chosen = accepted.find((name) => least.has(name));
    if (chosen !== undefined) datasets.set(chosen, new Set([...(datasets.get(chosen) ?? []), dataset]));
  }
  return [...datasets.entries()]
    .map(([name, names]) => ({ name, adminConsent: needsAdministrator(name, signIn), datasets: [...names] }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * Permissions for these datasets (null: all), compared with the granted ones: needed and granted, covered by a wider permission, missing, or granted
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
  const needs = needsOf(datasetNames, signIn);
  const used = new Set<string>(SELF_CONSENT);
  for (const { accepted } of needs) for (const name of accepted) if (has.has(name)) used.add(name);
  const wanted = adviseFor(needs, signIn).map((advice): PermissionReview => {
    if (has.has(advice.name)) return { ...advice, state: 'granted', coveredBy: null };
    const own = needs.filter((need) => need.accepted.includes(advice.name) && advice.datasets.includes(need.dataset));
    const unread = new Set(own.filter(({ accepted }) => !accepted.some((name) => has.has(name))).map(({ dataset }) => dataset));
    if (has.size === 0) return { ...advice, state: 'unknown', coveredBy: null };
    if (unread.size > 0) return { ...advice, datasets: [...unread], state: 'missing', coveredBy: null };
    const cover = own[0]?.accepted.find((name) => has.has(name)) ?? null;
    return { ...advice, state: 'covered', coveredBy: cover };
  });
  const optional = optionalFor(needs).map(
    (advice): PermissionReview => ({
      ...advice,
      state: has.size === 0 ? 'unknown' : has.has(advice.name) ? 'granted' : 'optional',
      coveredBy: null,
    }),
  );
  const names = new Set([...wanted, ...optional].map((review) => review.name));
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
  return [...wanted, ...optional, ...others].sort((a, b) => ORDER[a.state] - ORDER[b.state] || a.name.localeCompare(b.name));
}

const ORDER = { missing: 0, optional: 1, unknown: 2, granted: 3, covered: 4, 'not-needed': 5 } as const satisfies Record<
  PermissionReview['state'],
  number
>;

function needsOf(datasetNames: readonly string[] | null, signIn: SignInMethod): readonly Need[] {
  const entries = CATALOG.filter((entry) => {
    const accepted = acceptedBy(entry, signIn);
    return datasetNames === null
      ? accepted.some((name) => !WRITES.test(name))
      : datasetNames.includes(entry.name) && accepted.length > 0;
  });
  return entries.flatMap((entry): Need[] => {
    const own: Need = { dataset: entry.name, accepted: acceptedBy(entry, signIn), ofParent: false };
    const parents = parentPermissions(entry, signIn);
    return parents === null ? [own] : [own, { dataset: entry.name, accepted: parents, ofParent: true }];
  });
}

/**
 * Permissions for listing the parents of an entry's rows beyond the entry's own permissions, the least one first; null when each of its own
 * is enough. Limited permissions are enough for the keys of the parents.
 */
export function parentPermissions(entry: CatalogEntry, signIn: SignInMethod): readonly string[] | null {
  const parent = CATALOG.find((candidate) => candidate.path === entry.parent?.path && candidate.parent === null);
  if (parent === undefined) return null;
  const accepted = [...parent.permissions.limited, ...acceptedBy(parent, signIn)];
  return acceptedBy(entry, signIn).every((name) => accepted.includes(name)) ? null : accepted;
}

/** Permissions any of which lets the entry be read, the least one first. */
function acceptedBy({ permissions }: CatalogEntry, signIn: SignInMethod): readonly string[] {
  return signIn === 'app-only' ? permissions.application : permissions.delegated;
}

function needsAdministrator(name: string, signIn: SignInMethod): boolean {
  return signIn === 'app-only' || !SELF_CONSENT.has(name);
}
