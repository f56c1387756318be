/**
 * What beta has in another place, of another type or shape than v1.0 (Graph docs of beta "List settings", "List authorizationPolicies",
 * "List accessPackageCatalogs", "List accessPackageAssignments", "List accessPackageAssignmentPolicies"). The rest of the demo tenant's
 * beta is as v1.0.
 */
const GOVERNANCE = 'identityGovernance/entitlementManagement';
const MOVED: readonly { readonly v1: string; readonly beta: string }[] = [
  { v1: 'groupSettings', beta: 'settings' },
  { v1: `${GOVERNANCE}/catalogs`, beta: `${GOVERNANCE}/accessPackageCatalogs` },
  { v1: `${GOVERNANCE}/assignments`, beta: `${GOVERNANCE}/accessPackageAssignments` },
  { v1: `${GOVERNANCE}/assignmentPolicies`, beta: `${GOVERNANCE}/accessPackageAssignmentPolicies` },
];

/** Objects of v1.0 that are collections of one in beta. */
const LISTS: ReadonlySet<string> = new Set(['policies/authorizationpolicy']);

/** The path in v1.0 of one in beta; null where beta has nothing there. */
export function fromBeta(path: string): string | null {
  const startsWith = (head: string): boolean => `${path}/`.toLowerCase().startsWith(`${head}/`.toLowerCase());
  const moved = MOVED.find(({ beta }) => startsWith(beta));
  if (moved !== undefined) return moved.v1 + path.slice(moved.beta.length);
  return MOVED.some(({ v1 }) => startsWith(v1)) ? null : path;
}

/** Whether an object of v1.0 is a collection in beta. */
export function isListInBeta(path: string): boolean {
  return LISTS.has(path.toLowerCase());
}

/** Each replaces one place of the document of v1.0. */
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

/** $metadata of beta, made of that of v1.0. @throws TypeError when v1.0 has changed, so that a place is not found */
export function toBeta(metadata: Buffer): Buffer {
  let text = metadata.toString('utf8');
  for (const [before, after] of CHANGES) {
    if (!text.includes(before)) throw new TypeError(`not in the document of v1.0: ${before}`);
    text = text.replaceAll(before, after);
  }
  return Buffer.from(text);
}
