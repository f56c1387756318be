import { type CsdlModel, flattenType, itemType } from '#lib/catalog/csdl/csdl-model.ts';

/** Target of a path below the Graph base URL. */
export interface PathTarget {
  readonly type: string;
  readonly collection: boolean;
}

/**
 * Follows a path from entity set or singleton over navigation properties: `/users/{id}/memberOf`, `/directory/deletedItems/microsoft.graph.user`.
 * `{id}` takes one of a collection, a qualified type name narrows. Null when the document doesn't have it.
 */
export function resolvePath(model: CsdlModel, path: string): PathTarget | null {
  const [first = '', ...rest] = path.split('/').filter((segment) => segment !== '');
  let at = startOf(model, first);
  for (const segment of rest) {
    if (at === null) return null;
    at = step(model, at, segment);
  }
  return at;
}

function startOf(model: CsdlModel, name: string): PathTarget | null {
  const set = model.entitySets.get(name);
  if (set !== undefined) return { type: set.type, collection: true };
  const singleton = model.singletons.get(name);
  return singleton === undefined ? null : { type: singleton.type, collection: false };
}

function step(model: CsdlModel, at: PathTarget, segment: string): PathTarget | null {
  if (segment === '{id}') return at.collection ? { ...at, collection: false } : null;
  if (segment.includes('.')) return model.entityTypes.has(segment) ? { ...at, type: segment } : null;
  if (at.collection) return null;
  const navigation = flattenType(model, at.type)?.navigation.find((property) => property.name === segment);
  if (navigation === undefined) return null;
  const item = itemType(navigation.type);
  return { type: item ?? navigation.type, collection: item !== null };
}

/** Type of a property, `a.b` for one of a complex property; null when the type doesn't have it. */
export function propertyType(model: CsdlModel, type: string, path: string): string | null {
  let at: string | null = type;
  for (const name of path.split('.')) {
    at = flattenType(model, at)?.properties.find((property) => property.name === name)?.type ?? null;
    if (at === null) return null;
  }
  return at;
}
