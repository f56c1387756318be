import type { z } from 'zod';
import {
  baseChain,
  type CsdlModel,
  type CsdlProperty,
  derivedTypes,
  flattenType,
  itemType,
} from '#lib/catalog/csdl/csdl-model.ts';
import { columnTypeOf } from '#lib/catalog/csdl/edm-types.ts';
import { legalColumnName, uniqueName } from '#lib/domain/dataset/column-name.ts';
import { Column, type DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { factsOf, filterSupport, type TypeFacts } from './type-facts.ts';

/** Source path of the column with the properties that no other column holds. */
export const EXTRA_PATH = '@extra';

const DESCRIPTION = 'Org.OData.Core.V1.Description';

export interface ColumnsOptions {
  readonly model: CsdlModel;
  readonly type: string;
  readonly read: Pick<DatasetDefinition['read'], 'select' | 'options' | 'throttling'>;
  /** Properties that are selected initially; none: all that Graph returns by default. */
  readonly select: readonly string[];
  /** Rows may be of derived types. */
  readonly polymorphic: boolean;
  /** Key properties; null: those that the document names, or else `id`. */
  readonly key?: readonly string[] | null;
}

/** Columns of the rows of a type: its key first, then what is selected in its order, then the rest. Null when the document lacks the type. */
export function typeColumns(options: ColumnsOptions): Column[] | null {
  const { model, type: name, select, polymorphic } = options;
  const type = flattenType(model, name);
  if (type === null) return null;
  const facts = factsOf(name);
  const keys = new Set(options.key ?? (type.key.length > 0 ? type.key : ['id']));
  const own = type.properties.flatMap((property) => toColumn(options, facts, property, keys.has(property.name)));
  const derived = polymorphic ? derivedColumns(options, new Set(type.properties.map((property) => property.name))) : [];
  // A row of a derived type has `@odata.type` and may have properties that the document doesn't declare.
  const taken = [...own, ...derived].some((column) => column.name.toLowerCase() === 'type');
  const typeColumn =
    polymorphic || derivedTypes(model, name).length > 0
      ? [{ ...typeNameColumn(polymorphic), ...(taken ? { name: 'odata_type' } : {}) }]
      : [];
  const rank = ({ key, sourcePath }: Column): number => {
    const place = select.indexOf(sourcePath);
    return key ? -1 : place < 0 ? select.length : place;
  };
  return withUniqueNames([
    ...[...own, ...derived].sort((a, b) => rank(a) - rank(b)),
    ...typeColumn,
    extraColumn(!options.read.select),
  ]);
}

/** The columns with legal names that differ by more than case, the first one of each name unchanged. */
export function withUniqueNames(columns: readonly Column[]): Column[] {
  const taken = new Set<string>();
  return columns.map((column) => ({ ...column, name: uniqueName(column.name, taken) }));
}

function toColumn(options: ColumnsOptions, facts: TypeFacts, property: CsdlProperty, key: boolean): Column[] {
  const { model, type, read, select } = options;
  const columnType = columnTypeOf(property.type, model.enumTypes);
  if (columnType === null || facts.denied.includes(property.name)) return [];
  const { note = null, permission = null, licence = null, conflictsWith = [] } = facts.columns[property.name] ?? {};
  const listed = facts.defaults?.includes(property.name) ?? !facts.selectOnly.includes(property.name);
  const byDefault = key || listed;
  // A column that needs a further permission or licence is never selected initially.
  const wanted = permission === null && (select.length > 0 ? select.includes(property.name) : byDefault);
  return [
    Column.parse({
      name: legalColumnName(property.name),
      sourcePath: property.name,
      type: columnType,
      edmType: property.type,
      nullable: !key,
      key,
      selected: key || wanted,
      returnedByDefault: byDefault,
      description: note ?? descriptionOf(model, type, property.name),
      enumValues: model.enumTypes.get(property.type)?.members.filter((member) => member !== 'unknownFutureValue') ?? null,
      permission,
      licence,
      conflictsWith,
      ...filterSupport(facts, property.name, read),
    } satisfies z.input<typeof Column>),
  ];
}

/** Properties of derived types only; the names of the types are in their description. */
function derivedColumns(options: ColumnsOptions, known: ReadonlySet<string>): Column[] {
  const found = new Map<string, { readonly property: CsdlProperty; readonly of: string[] }>();
  // Column names have to differ by more than case, even when the properties of two types don't.
  const lower = new Set([...known].map((property) => property.toLowerCase()));
  for (const derived of derivedTypes(options.model, options.type)) {
    for (const property of flattenType(options.model, derived)?.properties ?? []) {
      const key = property.name.toLowerCase();
      if (lower.has(key)) continue;
      const short = derived.replace('microsoft.graph.', '');
      const before = found.get(key);
      // Two types may declare a property with different types; JSON holds both.
      if (before === undefined) found.set(key, { property, of: [short] });
      else {
        const type = before.property.type === property.type ? property.type : 'Edm.Untyped';
        found.set(key, { property: { ...before.property, type }, of: [...before.of, short] });
      }
    }
  }
  const facts = factsOf(options.type);
  return [...found.values()].flatMap(({ property, of }) =>
    toColumn(options, facts, property, false).map((column) => ({ ...column, description: `Only of ${of.join(', ')}.` })),
  );
}

export function typeNameColumn(selected: boolean, sourcePath = '@odata.type'): Column {
  return Column.parse({
    name: 'type',
    sourcePath,
    type: 'string',
    edmType: 'Edm.String',
    nullable: true,
    key: false,
    selected,
    returnedByDefault: true,
    description: 'Type of the object, e.g. #microsoft.graph.user; empty when the object has the declared type.',
  } satisfies z.input<typeof Column>);
}

/** The column of all properties without a column of their own; selected where Graph returns all properties by default. */
export function extraColumn(selected: boolean, sourcePath = EXTRA_PATH): Column {
  return Column.parse({
    name: '_extra',
    sourcePath,
    type: 'json',
    edmType: 'Edm.Untyped',
    nullable: true,
    key: false,
    selected,
    returnedByDefault: true,
    description: selected
      ? 'Properties that Graph sent and that have no column of their own.'
      : 'Properties that Graph sent and that have no column of their own; usually empty, because only selected columns are requested.',
  } satisfies z.input<typeof Column>);
}

/** Description of a property in $metadata, from the type that declares it. */
export function descriptionOf(model: CsdlModel, type: string, property: string): string | null {
  for (const { name } of baseChain(model, type).toReversed()) {
    const text = model.annotations.get(`${name}/${property}`)?.[DESCRIPTION];
    if (typeof text === 'string') return text;
  }
  return null;
}

/** Type of the items of a collection, or null when the column holds none. */
export function collectionItem(column: Pick<Column, 'edmType' | 'type'>): string | null {
  return column.type === 'json' ? itemType(column.edmType) : null;
}
