import type { TypeRules } from './odata/shape.ts';

/**
 * Paths, types and shapes in beta that differ from v1.0 (Graph docs of beta "List settings", "List authorizationPolicies",
 * "List accessPackageCatalogs", "List accessPackageAssignments", "List accessPackageAssignmentPolicies"). All else in the demo tenant's
 * beta equals v1.0.
 */
const GOVERNANCE = 'identityGovernance/entitlementManagement';
const MOVED: readonly { readonly v1: string; readonly beta: string }[] = [
  { v1: 'groupSettings', beta: 'settings' },
  { v1: `${GOVERNANCE}/catalogs`, beta: `${GOVERNANCE}/accessPackageCatalogs` },
  { v1: `${GOVERNANCE}/assignments`, beta: `${GOVERNANCE}/accessPackageAssignments` },
  { v1: `${GOVERNANCE}/assignmentPolicies`, beta: `${GOVERNANCE}/accessPackageAssignmentPolicies` },
];

/** Single objects of v1.0 that are collections with one object in beta. */
const LISTS: ReadonlySet<string> = new Set(['policies/authorizationpolicy']);

/** The v1.0 path of a beta path; null where beta does not have it. */
export function fromBeta(path: string): string | null {
  const startsWith = (head: string): boolean => `${path}/`.toLowerCase().startsWith(`${head}/`.toLowerCase());
  const moved = MOVED.find(({ beta }) => startsWith(beta));
  if (moved !== undefined) return moved.v1 + path.slice(moved.beta.length);
  return MOVED.some(({ v1 }) => startsWith(v1)) ? null : path;
}

/** Properties that exist only in beta, by type (Graph doc of beta, resource types). */
const PROPERTIES: Readonly<Record<string, readonly string[]>> = { signIn: ['signInEventTypes'] };

/** The rules of a type with the properties of beta. */
export function rulesInBeta(type: string, rules: TypeRules): TypeRules {
  const added = PROPERTIES[type] ?? [];
  if (added.length === 0) return rules;
  return { ...rules, properties: new Map([...rules.properties, ...added.map((name) => [name.toLowerCase(), name] as const)]) };
}

/** Whether a single object of v1.0 is a collection in beta. */
export function isListInBeta(path: string): boolean {
  return LISTS.has(path.toLowerCase());
}

/** Each entry replaces one text in the document of v1.0. */
const CHANGES: readonly (readonly [before: string, after: string])[] = [
  [
    '<EntitySet Name="groupSettings" EntityType="microsoft.graph.groupSetting"',
    '<EntitySet Name="settings" EntityType="microsoft.graph.directorySetting"',
  ],
  [
    '<NavigationProperty Name="settings" Type="Collection(graph.groupSetting)"',
    '<NavigationProperty Name="settings" Type="Collection(graph.directorySetting)"',
  ],
  ['<EntityType Name="groupSetting"', '<EntityType Name="directorySetting"'],
  [
    '<EntityType Name="signIn" BaseType="graph.entity">',
    '<EntityType Name="signIn" BaseType="graph.entity"><Property Name="signInEventTypes" Type="Collection(Edm.String)" Nullable="false" />',
  ],
  [
    '<NavigationProperty Name="authorizationPolicy" Type="graph.authorizationPolicy"',
    '<NavigationProperty Name="authorizationPolicy" Type="Collection(graph.authorizationPolicy)"',
  ],
  [
    '<NavigationProperty Name="catalogs" Type="Collection(graph.accessPackageCatalog)"',
    '<NavigationProperty Name="accessPackageCatalogs" Type="Collection(graph.accessPackageCatalog)"',
  ],
  [
    '<NavigationProperty Name="assignments" Type="Collection(graph.accessPackageAssignment)"',
    '<NavigationProperty Name="accessPackageAssignments" Type="Collection(graph.accessPackageAssignment)"',
  ],
  [
    '<NavigationProperty Name="assignmentPolicies" Type="Collection(graph.accessPackageAssignmentPolicy)"',
    '<NavigationProperty Name="accessPackageAssignmentPolicies" Type="Collection(graph.accessPackageAssignmentPolicy)"',
  ],
];

/** $metadata of beta, derived from that of v1.0. @throws TypeError when v1.0 has changed, so that a text is not found */
export function toBeta(metadata: Buffer): Buffer {
  let text = metadata.toString('utf8');
  for (const [before, after] of CHANGES) {
    if (!text.includes(before)) throw new TypeError(`not in the document of v1.0: ${before}`);
    text = text.replaceAll(before, after);
  }
  return Buffer.from(text);
}
