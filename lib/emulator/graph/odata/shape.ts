import type { Row } from '../../tenant/collection.ts';
import { badRequest, GraphErrorResponse } from '../error-response.ts';

/** Properties that Graph returns for a type. */
export interface TypeRules {
  /** Every property of the type by lower-case name, with its spelling. */
  readonly properties: ReadonlyMap<string, string>;
  /** Returned without $select; null = all but `selectOnly`. */
  readonly defaults: readonly string[] | null;
  readonly selectOnly: ReadonlySet<string>;
  /** In $metadata, but returned by no list. */
  readonly notListable: ReadonlySet<string>;
  /** For a collection of mixed types: the rules of each. Without $select a member has the properties of its type. */
  readonly memberRules?: (type: string) => TypeRules;
}

/** Creates the function that selects the requested properties. Always keeps the type annotation. Looks up names once, not for every row. */
export function shaper(rules: TypeRules, select: readonly string[] | null, typeName: string): (row: Row) => Row {
  if (select === null) return byDefault(rules);
  const names = [...new Set(select.map((name) => realName(rules, name, typeName)))];
  const extension = (name: string): boolean => name.startsWith('extension_');
  const [plain, extensions] = [names.filter((name) => !extension(name)), names.filter(extension)];
  return (row) => {
    const kept = annotated(row);
    for (const name of plain) kept[name] = row[name] ?? null;
    for (const name of extensions) if (name in row) kept[name] = row[name] ?? null;
    return kept;
  };
}

function byDefault({ defaults, selectOnly, memberRules }: TypeRules): (row: Row) => Row {
  if (memberRules !== undefined) {
    const shapes = new Map<unknown, (row: Row) => Row>();
    return (row) => {
      const type = row['@odata.type'];
      let shape = shapes.get(type);
      if (shape === undefined) {
        shape = byDefault(memberRules(String(type).replace('#microsoft.graph.', '')));
        shapes.set(type, shape);
      }
      return shape(row);
    };
  }
  if (defaults !== null)
    return (row) => {
      const kept = annotated(row);
      for (const name of defaults) if (name in row) kept[name] = row[name];
      return kept;
    };
  return (row) => {
    const kept: Record<string, unknown> = {};
    for (const name of Object.keys(row)) if (!selectOnly.has(name) && !name.startsWith('extension_')) kept[name] = row[name];
    return kept;
  };
}

/** Names of the properties that are returned without $select. */
export function shownByDefault({ defaults, properties, selectOnly }: TypeRules): readonly string[] {
  return defaults ?? [...properties.values()].filter((name) => !selectOnly.has(name));
}

function annotated(row: Row): Record<string, unknown> {
  return '@odata.type' in row ? { '@odata.type': row['@odata.type'] } : {};
}

function realName(rules: TypeRules, name: string, typeName: string): string {
  if (/^extension_[0-9a-f]{32}_\w+$/i.test(name)) return name;
  const real = rules.properties.get(name.toLowerCase());
  if (real === undefined) throw badRequest(`Could not find a property named '${name}' on type '${typeName}'.`);
  if (rules.notListable.has(real))
    throw new GraphErrorResponse(501, 'NotImplemented', 'This operation target is not yet supported.');
  return real;
}
