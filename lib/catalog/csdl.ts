import { SaxesParser } from 'saxes';

/** A property of an entity or complex type (OData CSDL XML 4.01, section 7). */
export interface CsdlProperty {
  readonly name: string;
  /** Qualified by namespace, not by alias: `Edm.String`, `Collection(microsoft.graph.assignedLicense)`. */
  readonly type: string;
  readonly nullable: boolean;
}

export interface CsdlEntityType {
  readonly name: string;
  readonly baseType: string | null;
  readonly key: readonly string[];
  readonly properties: readonly CsdlProperty[];
}

/** What $metadata says about types, as far as tables need it. */
export interface CsdlModel {
  /** By qualified name, e.g. `microsoft.graph.user`. */
  readonly entityTypes: ReadonlyMap<string, CsdlEntityType>;
  readonly enumTypes: ReadonlySet<string>;
}

interface Draft {
  readonly name: string;
  readonly baseType: string | null;
  readonly key: string[];
  readonly properties: CsdlProperty[];
}

/**
 * Reads a CSDL document in one pass, in chunks of any size. Complex types, navigation and annotations are passed over.
 * @throws Error when it isn't well-formed XML.
 */
export function parseCsdl(chunks: Iterable<string>): CsdlModel {
  const entityTypes = new Map<string, CsdlEntityType>();
  const enumTypes = new Set<string>();
  const aliases = new Map<string, string>();
  const pending: Draft[] = [];
  let namespace = '';
  let draft: Draft | null = null;
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes: a }) => {
    if (name === 'Schema') {
      namespace = a['Namespace'] ?? '';
      if (a['Alias'] !== undefined) aliases.set(a['Alias'], namespace);
    } else if (name === 'EntityType') {
      draft = { name: `${namespace}.${a['Name']}`, baseType: a['BaseType'] ?? null, key: [], properties: [] };
      pending.push(draft);
    } else if (name === 'EnumType') enumTypes.add(`${namespace}.${a['Name']}`);
    else if (draft !== null && name === 'PropertyRef') draft.key.push(a['Name'] ?? '');
    else if (draft !== null && name === 'Property') {
      draft.properties.push({ name: a['Name'] ?? '', type: a['Type'] ?? 'Edm.String', nullable: a['Nullable'] !== 'false' });
    }
  });
  parser.on('closetag', ({ name }) => {
    if (name === 'EntityType') draft = null;
  });
  for (const chunk of chunks) parser.write(chunk);
  parser.close();

  // Aliases are declared by the schemas themselves, which may come later than their first use.
  const resolve = (type: string): string => resolveAlias(type, aliases);
  for (const { name, baseType, key, properties } of pending) {
    const resolved = properties.map((property) => ({ ...property, type: resolve(property.type) }));
    entityTypes.set(name, { name, key, properties: resolved, baseType: baseType === null ? null : resolve(baseType) });
  }
  return { entityTypes, enumTypes };
}

function resolveAlias(type: string, aliases: ReadonlyMap<string, string>): string {
  const inner = /^Collection\((.+)\)$/.exec(type)?.[1];
  if (inner !== undefined) return `Collection(${resolveAlias(inner, aliases)})`;
  const dot = type.lastIndexOf('.');
  const namespace = aliases.get(type.slice(0, dot));
  return namespace === undefined ? type : `${namespace}${type.slice(dot)}`;
}

/** A type with what it inherits, the most basic properties first; null when it isn't there. */
export function flattenType(
  model: CsdlModel,
  name: string,
): { readonly key: readonly string[]; readonly properties: readonly CsdlProperty[] } | null {
  const chain: CsdlEntityType[] = [];
  const seen = new Set<string>();
  for (let at: string | null = name; at !== null && !seen.has(at); ) {
    seen.add(at);
    const type: CsdlEntityType | undefined = model.entityTypes.get(at);
    if (type === undefined) break;
    chain.unshift(type);
    at = type.baseType;
  }
  if (chain.length === 0) return null;
  return { key: chain.flatMap((type) => type.key), properties: chain.flatMap((type) => type.properties) };
}
