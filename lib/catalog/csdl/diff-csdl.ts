import type { CsdlModel, CsdlProperty, CsdlResource, CsdlStructure } from './csdl-model.ts';

/** What a newer document adds, removes and changes. Names are qualified; lists are sorted. */
export interface CsdlDiff {
  readonly types: NamesDiff;
  /** `microsoft.graph.user/mail`, navigation properties included. Those of added and removed types are not repeated here. */
  readonly properties: NamesDiff & { readonly retyped: readonly TypeChange[] };
  /** Entity sets and singletons. */
  readonly resources: NamesDiff & { readonly retyped: readonly TypeChange[] };
  /** `microsoft.graph.riskLevel/hidden` */
  readonly enumMembers: NamesDiff;
}

export interface NamesDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export interface TypeChange {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** Compares two documents: types (entity, complex, enumeration), their own properties, top-level resources, members of enumerations. */
export function diffCsdl(before: CsdlModel, after: CsdlModel): CsdlDiff {
  const [oldTypes, newTypes] = [structuresOf(before), structuresOf(after)];
  const [oldEnums, newEnums] = [before.enumTypes, after.enumTypes];
  const kept = [...oldTypes.keys()].filter((name) => newTypes.has(name));
  const keptEnums = [...oldEnums.keys()].filter((name) => newEnums.has(name));
  const membersOf = (enums: CsdlModel['enumTypes']) =>
    keptEnums.flatMap((name) => enums.get(name)?.members.map((member) => `${name}/${member}`) ?? []);
  return {
    types: diffNames([...oldTypes.keys(), ...oldEnums.keys()], [...newTypes.keys(), ...newEnums.keys()]),
    properties: diffTyped(propertiesOf(oldTypes, kept), propertiesOf(newTypes, kept)),
    resources: diffTyped(resourcesOf(before), resourcesOf(after)),
    enumMembers: diffNames(membersOf(oldEnums), membersOf(newEnums)),
  };
}

/** Whether `diffCsdl` finds no difference. */
export function isSameCsdl({ types, properties, resources, enumMembers }: CsdlDiff): boolean {
  const none = ({ added, removed }: NamesDiff): boolean => added.length === 0 && removed.length === 0;
  return [types, properties, resources, enumMembers].every(none) && properties.retyped.length + resources.retyped.length === 0;
}

function structuresOf({ entityTypes, complexTypes }: CsdlModel): ReadonlyMap<string, CsdlStructure> {
  return new Map([...entityTypes, ...complexTypes]);
}

function propertiesOf(types: ReadonlyMap<string, CsdlStructure>, names: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    names.flatMap((name) => {
      const type = types.get(name);
      const all: readonly CsdlProperty[] = type === undefined ? [] : [...type.properties, ...type.navigation];
      return all.map((property): [string, string] => [`${name}/${property.name}`, property.type]);
    }),
  );
}

function resourcesOf({ entitySets, singletons }: CsdlModel): ReadonlyMap<string, string> {
  const named = ([name, { type }]: readonly [string, CsdlResource]): [string, string] => [name, type];
  return new Map([...[...entitySets].map(named), ...[...singletons].map(named)]);
}

function diffTyped(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) {
  const retyped = [...before].flatMap(([name, type]): TypeChange[] => {
    const now = after.get(name);
    return now === undefined || now === type ? [] : [{ name, before: type, after: now }];
  });
  return { ...diffNames([...before.keys()], [...after.keys()]), retyped: retyped.sort((a, b) => order(a.name, b.name)) };
}

function diffNames(before: readonly string[], after: readonly string[]): NamesDiff {
  const [old, now] = [new Set(before), new Set(after)];
  return {
    added: [...now].filter((name) => !old.has(name)).sort(order),
    removed: [...old].filter((name) => !now.has(name)).sort(order),
  };
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
