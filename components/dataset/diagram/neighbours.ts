import type { DatasetDto } from '#lib/domain/dataset/dataset.ts';
import type { DatasetEntry } from '../dataset-entry.ts';

/** Relation of another dataset to the one in the middle. */
export type NeighbourRole = 'parent' | 'relationship' | 'child' | 'target';

export interface Neighbour {
  readonly role: NeighbourRole;
  readonly entry: DatasetEntry;
  /** Column that joins the two, or the nested property of a child table; '' where unknown. */
  readonly by: string;
}

type Middle = Pick<DatasetDto, 'name' | 'kind' | 'path' | 'entityType' | 'parent' | 'child' | 'columns'>;

const DIRECTORY_TYPES: readonly string[] = ['user', 'group', 'servicePrincipal', 'device', 'orgContact'];

/**
 * Properties that contain the id of an object in another collection, and the possible types of that object. Sources: Graph doc, resource types
 * appRoleAssignment, oAuth2PermissionGrant, unifiedRoleAssignment, unifiedRoleEligibilitySchedule, licenseDetails, signIn, riskyUser,
 * userRegistrationDetails.
 */
const REFERENCES: Readonly<Record<string, readonly string[]>> = {
  principalId: ['user', 'group', 'servicePrincipal'],
  userId: ['user'],
  groupId: ['group'],
  clientId: ['servicePrincipal'],
  resourceId: ['servicePrincipal'],
  servicePrincipalId: ['servicePrincipal'],
  appOwnerOrganizationId: ['organization'],
  roleDefinitionId: ['unifiedRoleDefinition'],
  roleTemplateId: ['directoryRoleTemplate'],
  skuId: ['subscribedSku'],
};

/** Parents, relationships, child tables and referenced datasets of a dataset, among datasets and offers of the connection. */
export function neighboursOf(dataset: Middle, entries: readonly DatasetEntry[]): readonly Neighbour[] {
  const others = entries.filter((entry) => entry.name !== dataset.name);
  const seen = new Set<string>();
  return [...parents(dataset, others), ...below(dataset, others), ...targets(dataset, others)].filter(({ entry }) => {
    const fresh = !seen.has(entry.key);
    seen.add(entry.key);
    return fresh;
  });
}

function parents(dataset: Middle, others: readonly DatasetEntry[]): readonly Neighbour[] {
  const by = dataset.child?.sourcePath ?? dataset.parent?.column ?? '';
  const { child, parent } = dataset;
  return others
    .filter((entry) => (child === null ? entry.kind === 'entity' && entry.path === parent?.path : entry.name === child.dataset))
    .map((entry) => ({ role: 'parent', entry, by }));
}

function below(dataset: Middle, others: readonly DatasetEntry[]): readonly Neighbour[] {
  if (dataset.kind === 'child') return [];
  return others.flatMap((entry): Neighbour[] => {
    if (entry.kind === 'child') {
      return entry.child?.dataset === dataset.name ? [{ role: 'child', entry, by: entry.child.sourcePath }] : [];
    }
    const mine = entry.path.startsWith(`${dataset.path}/{id}/`);
    return mine ? [{ role: 'relationship', entry, by: entry.path.slice(dataset.path.length + '/{id}/'.length) }] : [];
  });
}

function targets(dataset: Middle, others: readonly DatasetEntry[]): readonly Neighbour[] {
  const collections = others.filter((entry) => entry.kind === 'entity' && entry.id !== null);
  const ofTypes = (types: readonly string[], by: string): Neighbour[] =>
    collections
      .filter((entry) => types.some((type) => entry.entityType === `microsoft.graph.${type}`))
      .map((entry) => ({ role: 'target', entry, by }));
  const type = dataset.entityType.replace('microsoft.graph.', '');
  const items = dataset.kind === 'relationship' ? ofTypes(type === 'directoryObject' ? DIRECTORY_TYPES : [type], 'id') : [];
  return [...items, ...dataset.columns.flatMap(({ sourcePath, name }) => ofTypes(REFERENCES[sourcePath] ?? [], name))];
}
