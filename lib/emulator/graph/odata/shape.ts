import type { Row } from '../../tenant/collection.ts';
import { badRequest, GraphFault } from '../graph-fault.ts';

/** What Graph returns of a type and lets one ask for. */
export interface TypeRules {
  /** Every property of the type by lower-case name, in its real spelling. */
  readonly properties: ReadonlyMap<string, string>;
  /** Returned without $select; null = all but `selectOnly`. */
  readonly defaults: readonly string[] | null;
  readonly selectOnly: ReadonlySet<string>;
  /** Known to $metadata, but no list returns them. */
  readonly notListable: ReadonlySet<string>;
}

/** Makes the function that keeps what was asked for. Annotations always stay. */
export function shaper(rules: TypeRules, select: readonly string[] | null, typeName: string): (row: Row) => Row {
  if (select === null) {
    const { defaults, selectOnly } = rules;
    const keep = defaults === null ? null : new Set(defaults);
    return (row) =>
      pick(row, (name) => (keep === null ? !selectOnly.has(name) && !name.startsWith('extension_') : keep.has(name)));
  }
  const names = new Set(select.map((name) => realName(rules, name, typeName)));
  return (row) => {
    const kept: Record<string, unknown> = pick(row, () => false);
    for (const name of names) if (name in row || !name.startsWith('extension_')) kept[name] = row[name] ?? null;
    return kept;
  };
}

function realName(rules: TypeRules, name: string, typeName: string): string {
  if (/^extension_[0-9a-f]{32}_\w+$/i.test(name)) return name;
  const real = rules.properties.get(name.toLowerCase());
  if (real === undefined) throw badRequest(`Could not find a property named '${name}' on type '${typeName}'.`);
  if (rules.notListable.has(real)) throw new GraphFault(501, 'NotImplemented', 'This operation target is not yet supported.');
  return real;
}

function pick(row: Row, keep: (name: string) => boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name.startsWith('@') || keep(name)));
}
