import type { CsdlDraft, DraftStructure } from './csdl-draft.ts';
import type { CsdlModel, CsdlProperty, CsdlResource, CsdlStructure, CsdlValue, CsdlWarning } from './csdl-model.ts';
import { baseChain, itemType } from './csdl-model.ts';

/** Builds the model from a draft: replaces aliases and checks references. A reference without a target is removed with a warning. */
export function checkDraft(draft: CsdlDraft): CsdlModel {
  const warnings: CsdlWarning[] = [...draft.warnings];
  const resolve = resolver(draft.aliases);
  const warn = (line: number, code: CsdlWarning['code'], message: string): void => void warnings.push({ line, code, message });
  const enumTypes = byName(draft.enumTypes, warn);
  const entityTypes = byName(
    draft.entityTypes.map((type) => resolveStructure(type, resolve)),
    warn,
  );
  const complexTypes = byName(
    draft.complexTypes.map((type) => resolveStructure(type, resolve)),
    warn,
  );
  const types = { entityTypes, complexTypes };
  const known = (type: string): boolean =>
    type.startsWith('Edm.') ||
    entityTypes.has(type) ||
    complexTypes.has(type) ||
    enumTypes.has(type) ||
    draft.typeDefinitions.has(type);
  for (const map of [entityTypes, complexTypes]) {
    for (const type of [...map.values()]) map.set(type.name, checkStructure(type, { types, known, warn }));
  }
  const resources = (all: readonly (CsdlResource & { readonly line: number })[]) =>
    checkResources(all, { entityTypes, resolve, warn });
  const model: CsdlModel = {
    aliases: draft.aliases,
    schemas: draft.schemas,
    ...types,
    enumTypes,
    typeDefinitions: draft.typeDefinitions,
    entitySets: resources(draft.entitySets),
    singletons: resources(draft.singletons),
    deltaTypes: new Set(draft.deltaTypes.map((type) => itemType(resolve(type)) ?? resolve(type))),
    annotations: collectAnnotations(draft, resolve),
    warnings,
  };
  warnings.push(...keylessSets(model, draft));
  return model;
}

type Warn = (line: number, code: CsdlWarning['code'], message: string) => void;
type Resolve = (type: string) => string;
type Lined<T> = T & { readonly line: number };

/** Namespaces by alias. A schema may declare an alias after its first use. */
function resolver(aliases: ReadonlyMap<string, string>): Resolve {
  const resolve = (type: string): string => {
    const inner = itemType(type);
    if (inner !== null) return `Collection(${resolve(inner)})`;
    const dot = type.lastIndexOf('.');
    const namespace = aliases.get(type.slice(0, dot));
    return namespace === undefined ? type : `${namespace}${type.slice(dot)}`;
  };
  return resolve;
}

function byName<T extends { readonly name: string }>(all: readonly Lined<T>[], warn: Warn): Map<string, Lined<T>> {
  const found = new Map<string, Lined<T>>();
  for (const item of all) {
    if (found.has(item.name)) warn(item.line, 'duplicate', `${item.name} is declared twice; the first one is used.`);
    else found.set(item.name, item);
  }
  return found;
}

function resolveStructure(draft: DraftStructure, resolve: Resolve): Lined<CsdlStructure> {
  const typed = <T extends CsdlProperty>(property: T): T => ({ ...property, type: resolve(property.type) });
  return {
    ...draft,
    baseType: draft.baseType === null ? null : resolve(draft.baseType),
    properties: draft.properties.map(typed),
    navigation: draft.navigation.map(typed),
  };
}

interface Surroundings {
  readonly types: Pick<CsdlModel, 'entityTypes' | 'complexTypes'>;
  readonly known: (type: string) => boolean;
  readonly warn: Warn;
}

function checkStructure(type: Lined<CsdlStructure>, { types, known, warn }: Surroundings): Lined<CsdlStructure> {
  const { name, baseType, line } = type;
  for (const { name: property, type: of } of [...type.properties, ...type.navigation]) {
    const item = itemType(of) ?? of;
    if (!known(item))
      warn(line, 'type', `${name}/${property} has the type ${item}, which is not in the document; its values are kept as JSON.`);
  }
  if (baseType === null) return type;
  if (!types.entityTypes.has(baseType) && !types.complexTypes.has(baseType)) {
    warn(
      line,
      'base-type',
      `${name} derives from ${baseType}, which is not in the document; its inherited properties are unknown.`,
    );
    return { ...type, baseType: null };
  }
  // `baseChain` stops at a type that it has visited: it contains this type again only when the cycle includes it.
  if (baseChain(types, baseType).some((base) => base.name === name)) {
    warn(line, 'cycle', `${name} derives from itself through ${baseType}; its base type was ignored.`);
    return { ...type, baseType: null };
  }
  return type;
}

function checkResources(
  all: readonly Lined<CsdlResource>[],
  {
    entityTypes,
    resolve,
    warn,
  }: { readonly entityTypes: CsdlModel['entityTypes']; readonly resolve: Resolve; readonly warn: Warn },
): Map<string, CsdlResource> {
  const found = new Map<string, CsdlResource>();
  for (const { name, type: written, line } of all) {
    const type = resolve(written);
    if (entityTypes.has(type)) found.set(name, { name, type });
    else
      warn(
        line,
        'resource',
        type === ''
          ? `${name} has no type; it was skipped.`
          : `${name} has the type ${type}, which is not in the document; it was skipped.`,
      );
  }
  return found;
}

/** A collection whose rows have no key can be read, but not compared by key. */
function keylessSets(model: CsdlModel, draft: CsdlDraft): CsdlWarning[] {
  return [...model.entitySets.values()].flatMap(({ name, type }) =>
    baseChain(model, type).some((base) => base.key.length > 0)
      ? []
      : [
          {
            line: draft.entitySets.find((set) => set.name === name)?.line ?? 0,
            code: 'key' as const,
            message: `The type ${type} of ${name} has no key; its rows are compared by all columns.`,
          },
        ],
  );
}

function collectAnnotations(draft: CsdlDraft, resolve: Resolve): Map<string, Record<string, CsdlValue>> {
  const found = new Map<string, Record<string, CsdlValue>>();
  for (const { target, term, value } of draft.annotations) {
    const slash = target.indexOf('/');
    const of = slash < 0 ? resolve(target) : `${resolve(target.slice(0, slash))}${target.slice(slash)}`;
    const terms = found.get(of);
    if (terms === undefined) found.set(of, { [term]: value });
    else terms[term] ??= value;
  }
  return found;
}
