import {
  type CsdlModel,
  type CsdlProperty,
  type CsdlStructure,
  derivedTypes,
  flattenType,
  itemType,
} from '#lib/catalog/csdl/csdl-model.ts';
import type { Row } from '#lib/emulator/tenant/collection.ts';
import type { Random } from '#lib/emulator/tenant/generate/random.ts';

export interface TypedRowOptions {
  readonly model: CsdlModel;
  /** Qualified name of an entity type; for an abstract one its derived types alternate. */
  readonly type: string;
  readonly random: Random;
  /** Number of the row in its collection. */
  readonly index: number;
  readonly id: string;
  /** Ids of existing users, roles, … by the name of the referencing property. */
  readonly reference: (property: string) => string | null;
  /** Names to use in order; default: derived from the type. */
  readonly names: readonly string[];
}

/** Maximum depth of nested complex properties; deeper ones are null. */
const DEPTH_MAX = 4;
const NULL_SHARE = 0.2;
const CAPABILITY_STRINGS = ['Default', 'Standard', 'Seeded'] as const;

/** A row with a value for every property that its type declares; deterministic for a seed. */
export function typedRow(options: TypedRowOptions): Row {
  const { model, type, index, id } = options;
  const concrete = concreteType(model, type, index);
  const made = structure(options, concrete, 0);
  const named = concrete === type ? {} : { '@odata.type': `#${concrete}` };
  return { ...named, ...made, ...('id' in made ? { id } : {}) };
}

/** The type itself, or one that derives from an abstract one. */
function concreteType(model: CsdlModel, type: string, index: number): string {
  const declared = structureOf(model, type);
  const derived = derivedTypes(model, type).filter((name) => structureOf(model, name)?.abstract === false);
  if (declared?.abstract !== true && (derived.length === 0 || index % 2 === 0)) return type;
  return derived[index % Math.max(derived.length, 1)] ?? type;
}

function structureOf(model: CsdlModel, name: string): CsdlStructure | undefined {
  return model.entityTypes.get(name) ?? model.complexTypes.get(name);
}

function structure(options: TypedRowOptions, type: string, depth: number): Record<string, unknown> {
  const properties = flattenType(options.model, type)?.properties ?? [];
  const streams = properties.filter((property) => property.type !== 'Edm.Stream');
  return Object.fromEntries(streams.map((property) => [property.name, value(options, type, property, depth)]));
}

function value(options: TypedRowOptions, owner: string, property: CsdlProperty, depth: number): unknown {
  const item = itemType(property.type);
  if (item !== null) {
    if (depth >= DEPTH_MAX) return [];
    return Array.from({ length: options.random.int(3) }, () => single(options, owner, { ...property, type: item }, depth));
  }
  const wanted = /(^i|I)d$|name$/i.test(property.name) || options.reference(property.name) !== null;
  if (property.nullable && !wanted && options.random.chance(NULL_SHARE)) return null;
  return single(options, owner, property, depth);
}

function single(options: TypedRowOptions, owner: string, property: CsdlProperty, depth: number): unknown {
  const { model, random } = options;
  const { type } = property;
  if (type.startsWith('Edm.')) return primitive(options, property);
  const members = model.enumTypes.get(type)?.members.filter((member) => member !== 'unknownFutureValue');
  if (members !== undefined) return members[random.int(Math.max(members.length, 1))] ?? null;
  // A complex type may contain itself.
  if (depth >= DEPTH_MAX || type === owner) return null;
  const concrete = concreteType(model, type, random.int(8));
  const made = structure(options, concrete, depth + 1);
  return concrete === type ? made : { '@odata.type': `#${concrete}`, ...made };
}

function primitive(options: TypedRowOptions, { name, type }: CsdlProperty): unknown {
  const { random } = options;
  switch (type) {
    case 'Edm.String':
      return text(options, name);
    case 'Edm.Guid':
      return options.reference(name) ?? guid(random);
    case 'Edm.Boolean':
      return random.chance(0.5);
    case 'Edm.DateTimeOffset':
      return `${date(random)}T${two(random.int(24))}:${two(random.int(60))}:${two(random.int(60))}.${String(random.int(10_000_000)).padStart(7, '0')}Z`;
    case 'Edm.Date':
      return date(random);
    case 'Edm.TimeOfDay':
      return `${two(random.int(24))}:${two(random.int(60))}:00.0000000`;
    case 'Edm.Duration':
      return `P${1 + random.int(90)}DT${random.int(24)}H`;
    case 'Edm.Binary':
      return Buffer.from(`seeded ${random.int(1000)}`).toString('base64');
    case 'Edm.Single':
    case 'Edm.Double':
    case 'Edm.Decimal':
      return random.int(10_000) / 8;
    case 'Edm.Untyped':
      return { seeded: random.int(10) };
    default:
      return random.int(100);
  }
}

function text({ random, names, index, type, reference }: TypedRowOptions, name: string): string {
  const found = reference(name);
  if (found !== null) return found;
  if (name === 'displayName' || name === 'name') return names[index] ?? `${words(type)} ${index + 1}`;
  if (/(^i|I)d$/.test(name)) return guid(random);
  if (/url|uri|link/i.test(name)) return `https://www.alderfinch.example/${name}/${random.int(100)}`;
  if (/address|mail/i.test(name)) return `service${random.int(100)}@alderfinch.example`;
  if (name === 'description') return `${words(type)} of the demo tenant.`;
  return `${random.pick(CAPABILITY_STRINGS)} ${name} ${random.int(50)}`;
}

function words(type: string): string {
  const short = type
    .slice(type.lastIndexOf('.') + 1)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return short.charAt(0).toUpperCase() + short.slice(1);
}

function date(random: Random): string {
  return `${2023 + random.int(4)}-${two(1 + random.int(10))}-${two(1 + random.int(28))}`;
}

function guid(random: Random): string {
  const hex = (digits: number): string =>
    random
      .int(16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(6)}${hex(6)}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
