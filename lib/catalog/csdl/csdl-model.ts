/** A property of an entity or complex type (OData CSDL XML 4.01, section 7). */
export interface CsdlProperty {
  readonly name: string;
  /** Qualified by namespace, not by alias: `Edm.String`, `Collection(microsoft.graph.assignedLicense)`. */
  readonly type: string;
  readonly nullable: boolean;
}

/** A navigation property (section 8): related objects, one or many. */
export interface CsdlNavigation extends CsdlProperty {
  /** The target lives below the object and has no address of its own (section 8.4). */
  readonly contained: boolean;
}

/** An entity type (section 6) or a complex type (section 9). */
export interface CsdlStructure {
  readonly name: string;
  readonly baseType: string | null;
  readonly abstract: boolean;
  /** Rows may carry properties that are not declared. */
  readonly open: boolean;
  /** Own key properties; those of a base type are found by `flattenType`. */
  readonly key: readonly string[];
  readonly properties: readonly CsdlProperty[];
  readonly navigation: readonly CsdlNavigation[];
}

/** An enumeration (section 10). */
export interface CsdlEnum {
  readonly name: string;
  readonly members: readonly string[];
  /** Values are sets of members, written with commas between them. */
  readonly flags: boolean;
}

/** A top-level collection (section 13.2) or object (section 13.3) of the service. */
export interface CsdlResource {
  readonly name: string;
  readonly type: string;
}

/** Value of an annotation (section 14): constants and paths as they are, records as objects. */
export type CsdlValue = string | number | boolean | readonly CsdlValue[] | { readonly [property: string]: CsdlValue };

/** A part of the document that was ignored, and its line. */
export interface CsdlWarning {
  /** From 1; 0 when it is about the whole document. */
  readonly line: number;
  readonly code: 'xml' | 'element' | 'duplicate' | 'base-type' | 'cycle' | 'type' | 'key' | 'resource';
  readonly message: string;
}

/** Content of $metadata. Types by qualified name, e.g. `microsoft.graph.user`. */
export interface CsdlModel {
  /** Namespaces by alias. */
  readonly aliases: ReadonlyMap<string, string>;
  readonly schemas: readonly string[];
  readonly entityTypes: ReadonlyMap<string, CsdlStructure>;
  readonly complexTypes: ReadonlyMap<string, CsdlStructure>;
  readonly enumTypes: ReadonlyMap<string, CsdlEnum>;
  /** Underlying primitive type by name (section 11). */
  readonly typeDefinitions: ReadonlyMap<string, string>;
  readonly entitySets: ReadonlyMap<string, CsdlResource>;
  readonly singletons: ReadonlyMap<string, CsdlResource>;
  /** Types of the collections that have a bound function `delta`. */
  readonly deltaTypes: ReadonlySet<string>;
  /**
   * By target as `Annotations` writes it (`microsoft.graph.user/mail`, `microsoft.graph.GraphService/users`), aliases replaced, then by
   * term (`Org.OData.Capabilities.V1.TopSupported`). Annotations inside an element have that element as target.
   */
  readonly annotations: ReadonlyMap<string, Readonly<Record<string, CsdlValue>>>;
  readonly warnings: readonly CsdlWarning[];
}

/** A type with what it inherits, the most basic properties first. */
export interface FlatType {
  readonly name: string;
  readonly key: readonly string[];
  readonly properties: readonly CsdlProperty[];
  readonly navigation: readonly CsdlNavigation[];
  readonly open: boolean;
  readonly abstract: boolean;
}

/** Flattens an entity or complex type; null when the document doesn't have it. */
export function flattenType(model: Pick<CsdlModel, 'entityTypes' | 'complexTypes'>, name: string): FlatType | null {
  const chain = baseChain(model, name);
  const last = chain.at(-1);
  if (last === undefined) return null;
  return {
    name,
    key: chain.flatMap((type) => type.key),
    properties: withoutRepeats(chain.flatMap((type) => type.properties)),
    navigation: withoutRepeats(chain.flatMap((type) => type.navigation)),
    open: chain.some((type) => type.open),
    abstract: last.abstract,
  };
}

/** The type and its base types, the most basic first. Stops at a type that occurs twice. */
export function baseChain(model: Pick<CsdlModel, 'entityTypes' | 'complexTypes'>, name: string): readonly CsdlStructure[] {
  const chain: CsdlStructure[] = [];
  const seen = new Set<string>();
  for (let at: string | null = name; at !== null && !seen.has(at); ) {
    seen.add(at);
    const type: CsdlStructure | undefined = model.entityTypes.get(at) ?? model.complexTypes.get(at);
    if (type === undefined) break;
    chain.unshift(type);
    at = type.baseType;
  }
  return chain;
}

const DERIVED = new WeakMap<object, ReadonlyMap<string, readonly string[]>>();

/** Every type that derives from this one, directly or not, in the document's order. */
export function derivedTypes(model: Pick<CsdlModel, 'entityTypes' | 'complexTypes'>, name: string): readonly string[] {
  let derived = DERIVED.get(model);
  if (derived === undefined) {
    const found = new Map<string, string[]>();
    for (const type of [...model.entityTypes.keys(), ...model.complexTypes.keys()]) {
      for (const base of baseChain(model, type).slice(0, -1)) found.set(base.name, [...(found.get(base.name) ?? []), type]);
    }
    derived = found;
    DERIVED.set(model, derived);
  }
  return derived.get(name) ?? [];
}

/** A type must not declare an inherited property again; the first declaration holds. */
function withoutRepeats<T extends CsdlProperty>(properties: readonly T[]): readonly T[] {
  const names = new Set<string>();
  return properties.filter(({ name }) => !names.has(name) && names.add(name));
}

/** The item type of `Collection(…)`, or null for a single value. */
export function itemType(type: string): string | null {
  return type.startsWith('Collection(') && type.endsWith(')') ? type.slice('Collection('.length, -1) : null;
}
