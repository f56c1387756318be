import { z } from 'zod';
import { isMicrosoftCloud } from '#lib/domain/connection/cloud-names.ts';
import type { SignInMethod } from '#lib/domain/connection/connection.ts';
import {
  type Access,
  type AccessDetailDto,
  DatasetAccess,
  type DatasetDefinition,
  withoutColumns,
} from '#lib/domain/dataset/dataset.ts';
import type { Problem } from '#lib/domain/problem.ts';
import type { UnreadColumn } from '#lib/domain/run/run.ts';
import { HIDDEN_PERMISSION, hiddenParentsOf } from './hidden-membership.ts';

/** Sign-in method and permissions of a connection's access token. */
export interface Granted {
  /** Empty when the token lists no permissions (an opaque token, or one that Entra did not issue): access is then unknown. */
  readonly permissions: ReadonlySet<string>;
  readonly signIn: SignInMethod;
}

type Needs = Pick<DatasetDefinition, 'permissions' | 'applicationPermissions'> &
  Partial<Pick<DatasetDefinition, 'parent' | 'origin'>>;

/** Permissions, any of which lets the dataset be read, least privileged first: application permissions for app-only sign-in, else delegated ones. */
export function permissionsFor(definition: Needs, signIn: SignInMethod): readonly string[] {
  return signIn === 'app-only' ? definition.applicationPermissions : definition.permissions;
}

/** Whether Graph documents only delegated permissions. An imported definition may simply omit application permissions, so it does not count. */
function isDelegatedOnly({ permissions, applicationPermissions, origin }: Needs): boolean {
  return permissions.length > 0 && applicationPermissions.length === 0 && origin !== 'import';
}

/**
 * Permissions, any of which would help, least privileged first: those that read the dataset, or those that read its parents.
 * Empty when the token has one of each, or lists no permissions.
 */
export function missingPermissions(definition: Needs, granted: Granted): readonly string[] {
  if (namesNone(granted)) return [];
  const { permissions = [], applicationPermissions = [] } = definition.parent ?? {};
  const parents = granted.signIn === 'app-only' ? applicationPermissions : permissions;
  const unmet = [permissionsFor(definition, granted.signIn), parents].find(
    (needed) => needed.length > 0 && !needed.some((permission) => granted.permissions.has(permission)),
  );
  return unmet ?? [];
}

/** An access token is opaque to its client (Entra doc *Access tokens*): one without a list of permissions may still allow everything. */
function namesNone({ permissions }: Granted): boolean {
  return permissions.size === 0;
}

/**
 * Access according to the token's permissions. `unknown` when neither the definition nor the token lists permissions: only a request to Graph
 * can decide.
 */
export function accessOf(definition: Needs, granted: Granted): Access {
  if (granted.signIn === 'app-only' && isDelegatedOnly(definition)) return 'delegated-only';
  if (missingPermissions(definition, granted).length > 0) return 'missing-permission';
  return namesNone(granted) || permissionsFor(definition, granted.signIn).length === 0 ? 'unknown' : 'granted';
}

/** Whether access is not known to be refused: it is granted, or unknown. */
export function mayBeRead(definition: Needs, granted: Granted): boolean {
  const access = accessOf(definition, granted);
  return access === 'granted' || access === 'unknown';
}

/** Graph's answer to a request for one row of a dataset, or of one column. */
export const ProbeResult = z.object({
  access: DatasetAccess,
  /** One sentence; null for `granted`. */
  reason: z.string().nullable(),
  /** The refusal of Graph; null when it answered. */
  problem: z.custom<Problem>().nullable(),
  /** Columns that were probed one by one and refused. */
  columns: z.array(z.object({ sourcePath: z.string(), access: DatasetAccess, reason: z.string() })),
  /** Warning that some parents may hide their rows; null when none was found, absent when it was not checked. */
  unseen: z.string().nullable().optional(),
});
export type ProbeResult = z.infer<typeof ProbeResult>;

/** A probe as it is stored. */
export const StoredProbe = ProbeResult.extend({
  /** ISO 8601 UTC */
  at: z.string(),
  /** Permissions of the token that the probe used, sorted. */
  permissions: z.array(z.string()),
});
export type StoredProbe = z.infer<typeof StoredProbe>;

/**
 * Access to a dataset, and the reason. Graph's own answer has priority over the token's list of permissions, but only while the token has
 * the permissions of the probe: after a new consent, an earlier refusal proves nothing about permissions.
 */
export function assessAccess(
  definition: Needs & Pick<DatasetDefinition, 'clouds' | 'columns' | 'title'> & Partial<Pick<DatasetDefinition, 'path'>>,
  granted: Granted,
  known: { readonly cloud: string; readonly probe: StoredProbe | null },
): { readonly access: DatasetAccess; readonly detail: AccessDetailDto } {
  const { probe } = known;
  const missing = missingPermissions(definition, granted);
  // Graph may refuse although the token has the permissions; then these are the ones to check.
  const needed = missing.length > 0 ? missing : permissionsFor(definition, granted.signIn);
  const byToken = accessOf(definition, granted);
  const fresh = isFresh(probe, granted);
  const columns = refusedColumns(definition, granted, probe);
  const say = (access: DatasetAccess, reason: string | null) => ({
    access,
    detail: {
      reason,
      missing: access === 'missing-permission' ? needed : [],
      probedAt: probe?.at ?? null,
      problem: access === 'granted' ? null : (probe?.problem ?? null),
      columns,
      unseen: fresh && probe?.unseen !== undefined ? probe.unseen : unseenWords(definition, granted),
    },
  });
  if (definition.clouds !== null && isMicrosoftCloud(known.cloud) && !definition.clouds.includes(known.cloud)) {
    return say('not-in-cloud', `Microsoft offers this dataset in ${definition.clouds.join(', ')}, not in ${known.cloud}.`);
  }
  const lasting = probe !== null && (probe.access === 'needs-licence' || probe.access === 'not-in-cloud');
  if (probe !== null && (fresh || lasting)) return say(probe.access, probe.reason);
  if (byToken === 'unknown' && namesNone(granted))
    return say('unknown', 'The token does not list its permissions. Choose Check access to test the dataset with Graph.');
  return say(byToken, tokenWords(byToken, needed, granted.signIn));
}

/** Warning that objects may hide the members that the dataset reads; null when the token may read hidden memberships. */
function unseenWords(definition: { readonly path?: string | undefined }, granted: Granted): string | null {
  const hidden = definition.path === undefined ? null : hiddenParentsOf({ path: definition.path });
  if (hidden === null || namesNone(granted) || granted.permissions.has(HIDDEN_PERMISSION)) return null;
  return `The token does not have the optional permission ${HIDDEN_PERMISSION}: Graph does not show the members of ${hidden.kind} with hidden membership. Their landed rows are kept.`;
}

/** One of these permissions, as words: the least privileged one, which comes first, and those that suffice too. */
export function anyPermission([least = 'a permission', ...others]: readonly string[]): string {
  return others.length === 0 ? least : `${least} (also sufficient: ${others.join(', ')})`;
}

/** The reason for an access that was derived from the token's permissions. */
function tokenWords(access: Access, needed: readonly string[], signIn: SignInMethod): string | null {
  const kind = signIn === 'app-only' ? 'application' : 'delegated';
  switch (access) {
    case 'granted':
      return null;
    case 'unknown':
      return `Microsoft documents no ${kind} permission for this dataset. Choose Check access to test it with Graph.`;
    case 'delegated-only':
      return 'Microsoft Graph has no application permission for this dataset: only a connection in which a person signs in can read it.';
    case 'missing-permission':
      return `The token does not have ${anyPermission(needed)}.`;
  }
}

/** Columns that need a permission which the token lacks, and columns that Graph refused to this token. */
function refusedColumns(
  definition: Pick<DatasetDefinition, 'columns'>,
  granted: Granted,
  probe: StoredProbe | null,
): AccessDetailDto['columns'] {
  if (probe !== null && isFresh(probe, granted)) return probe.columns;
  return definition.columns.flatMap(({ sourcePath, permission }) =>
    permission === null || namesNone(granted) || granted.permissions.has(permission)
      ? []
      : [{ sourcePath, access: 'missing-permission' as const, reason: `The token does not have ${permission}.` }],
  );
}

/**
 * Selected columns that would be refused, each with what it needs; a run does not request them. Key columns are never included: rows could not be
 * identified without them.
 */
export function refusedNow(
  definition: DatasetDefinition,
  granted: Granted,
  probe: StoredProbe | null,
): readonly Omit<UnreadColumn, 'since'>[] {
  const refusals = new Map(
    refusedColumns(definition, granted, probe)
      .filter(({ access }) => access !== 'granted' && access !== 'unknown')
      .map((refusal) => [refusal.sourcePath, refusal]),
  );
  return definition.columns.flatMap((column) => {
    const { name, selected, key, sourcePath } = column;
    // A refusal of `customSecurityAttributes` covers `customSecurityAttributes.Set.Name`.
    const refusal = refusals.get(sourcePath) ?? refusals.get(sourcePath.split('.')[0] ?? '');
    return !selected || key || refusal === undefined
      ? []
      : [{ name, reason: `${refusal.reason} ${remedyOf(column, refusal.access)}` }];
  });
}

function remedyOf({ permission, licence }: DatasetDefinition['columns'][number], access: DatasetAccess): string {
  if (access === 'not-in-cloud') return 'Deselect the column.';
  if (access === 'needs-licence') return `Get ${licence ?? 'the licence'}, or deselect the column.`;
  return `Grant ${permission ?? 'the permission'}, or deselect the column.`;
}

/** The definition that a run requests: without the columns that would be refused. */
export function withoutRefused(definition: DatasetDefinition, granted: Granted, probe: StoredProbe | null): DatasetDefinition {
  return withoutColumns(definition, new Set(refusedNow(definition, granted, probe).map(({ name }) => name)));
}

/** Whether the token has the same permissions as the token of the probe; otherwise the probe proves nothing about permissions. */
function isFresh(probe: StoredProbe | null, granted: Granted): boolean {
  return probe !== null && sameMembers(probe.permissions, granted.permissions);
}

function sameMembers(list: readonly string[], set: ReadonlySet<string>): boolean {
  return list.length === set.size && list.every((item) => set.has(item));
}
