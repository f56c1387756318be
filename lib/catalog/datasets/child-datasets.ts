import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { buildOrWarn } from '#lib/catalog/csdl/build-or-warn.ts';
import { type CsdlModel, type CsdlProperty, derivedTypes, flattenType, itemType } from '#lib/catalog/csdl/csdl-model.ts';
import { columnTypeOf } from '#lib/catalog/csdl/edm-types.ts';
import { legalColumnName, ownerColumnName, snakeCase } from '#lib/domain/dataset/column-name.ts';
import { Column, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { collectionItem, descriptionOf, EXTRA_PATH, extraColumn, typeNameColumn, withUniqueNames } from './build-columns.ts';
import { factsOf } from './type-facts.ts';

/** Longest name of a dataset (its tables get suffixes). */
const NAME_MAX = 55;

/** A nested collection of a dataset: `assignedLicenses`, or `api.oauth2PermissionScopes` within a complex property. */
interface Collection {
  readonly sourcePath: string;
  readonly itemType: string;
  readonly description: string | null;
}

/**
 * One dataset for each nested collection of a dataset: a row per item, with the key of the object that it belongs to. The rows are
 * compared by that key and by what identifies the item: a property such as `skuId`, or else the content of the item itself, so that
 * neither the order in which Graph sends items nor a repeated object makes a difference.
 */
export function childDatasets(
  model: CsdlModel,
  dataset: DatasetDefinition,
  onWarning?: (message: string) => void,
): readonly DatasetDefinition[] {
  const above = ownerColumns(model, dataset);
  // Deleted objects are copies; lists with an expanded object also exist as plain lists in the catalogue.
  if ((above.length === 0 && !dataset.read.single) || dataset.path.includes('/deletedItems/') || dataset.read.expand !== null)
    return [];
  return collectionsOf(model, dataset).flatMap((collection) => {
    const what = `${dataset.name}: items of ${collection.sourcePath} (${collection.itemType})`;
    return buildOrWarn(what, onWarning, () => childDataset(model, dataset, collection)) ?? [];
  });
}

function collectionsOf(model: CsdlModel, dataset: DatasetDefinition): readonly Collection[] {
  return dataset.columns.flatMap((column): Collection[] => {
    const item = collectionItem(column);
    if (item !== null) return [{ sourcePath: column.sourcePath, itemType: item, description: column.description }];
    return (flattenType(model, column.edmType)?.properties ?? []).flatMap((property): Collection[] => {
      const inner = itemType(property.type);
      const sourcePath = `${column.sourcePath}.${property.name}`;
      return inner === null
        ? []
        : [{ sourcePath, itemType: inner, description: descriptionOf(model, column.edmType, property.name) }];
    });
  });
}

function childDataset(model: CsdlModel, dataset: DatasetDefinition, collection: Collection): DatasetDefinition {
  const { sourcePath } = collection;
  const snake = snakeCase(sourcePath);
  return DatasetDefinition.parse({
    ...dataset,
    name: tableName(`${dataset.name}_${snake}`),
    title: `${dataset.title}: ${snake.replaceAll('_', ' ')}`,
    description: `Items of ${sourcePath}, one row each. ${collection.description ?? ''}`.trim(),
    kind: 'child',
    child: { dataset: dataset.name, sourcePath },
    read: { ...dataset.read, countable: false },
    columns: childColumns(model, dataset, collection),
  } satisfies z.input<typeof DatasetDefinition>);
}

function childColumns(model: CsdlModel, dataset: DatasetDefinition, { sourcePath, itemType: type }: Collection): Column[] {
  const above = ownerColumns(model, dataset).map((column) => ownerColumn(dataset, column));
  const items = itemColumns(model, `${sourcePath}[]`, type);
  const wanted = factsOf(dataset.entityType).columns[sourcePath]?.itemKey ?? [];
  const keys = wanted.every((name) => items.some((column) => column.name === name)) ? wanted : [];
  return withUniqueNames([
    ...above,
    ...items.map((column) => (keys.includes(column.name) ? { ...column, key: true, nullable: false, selected: true } : column)),
    itemColumn({
      name: 'item',
      sourcePath: `${sourcePath}[].@item`,
      type: 'string',
      key: keys.length === 0,
      description: 'Hash of the content of the item; equal items of one object get a number.',
    }),
    itemColumn({
      name: 'position',
      sourcePath: `${sourcePath}[].@position`,
      type: 'int32',
      key: false,
      description: 'Position of the item in the list that Graph sent, from 1; Graph does not guarantee an order.',
    }),
    // Items that are plain values have no properties.
    ...(flattenType(model, type) === null ? [] : [extraColumn(true, `${sourcePath}[].${EXTRA_PATH}`)]),
  ]);
}

/** Key columns of the parent of child rows. A single object without key columns has its id, which may be empty. */
function ownerColumns(model: CsdlModel, { columns, read, entityType }: DatasetDefinition): readonly Column[] {
  const keys = columns.filter((column) => column.key);
  if (!read.single || keys.length > 0) return keys;
  const names = flattenType(model, entityType)?.key ?? [];
  return columns.filter(({ sourcePath }) => names.includes(sourcePath)).map((column) => ({ ...column, selected: true }));
}

/** The key of the object that an item belongs to. */
function ownerColumn(dataset: DatasetDefinition, column: Column): Column {
  const ofParent = column.sourcePath.startsWith('@parent.');
  return {
    ...column,
    name: ofParent ? column.name : ownerColumnName(dataset.name, column.name),
    description: ofParent ? column.description : `Key of the row of ${dataset.name}.`,
  };
}

function itemColumns(model: CsdlModel, at: string, type: string): Column[] {
  const structure = flattenType(model, type);
  if (structure === null) {
    return [valueColumn(model, { at, name: 'value', path: at, property: { name: 'value', type, nullable: true }, owner: null })];
  }
  const derived = derivedTypes(model, type);
  const properties = new Map<string, CsdlProperty>();
  for (const name of [type, ...derived]) {
    for (const property of flattenType(model, name)?.properties ?? []) {
      if (!properties.has(property.name)) properties.set(property.name, property);
    }
  }
  const columns = [...properties.values()]
    .filter((property) => columnTypeOf(property.type, model.enumTypes) !== null)
    .map((property) => valueColumn(model, { at, name: property.name, path: `${at}.${property.name}`, property, owner: type }));
  const named = derived.length > 0 && !properties.has('type') ? [typeNameColumn(true, `${at}.@odata.type`)] : [];
  return [...columns, ...named];
}

interface ValueColumn {
  readonly at: string;
  readonly name: string;
  readonly path: string;
  readonly property: CsdlProperty;
  /** Type that declares the property; null for the items of a collection of values. */
  readonly owner: string | null;
}

function valueColumn(model: CsdlModel, { name, path, property, owner }: ValueColumn): Column {
  return Column.parse({
    name: legalColumnName(name),
    sourcePath: path,
    type: columnTypeOf(property.type, model.enumTypes) ?? 'json',
    edmType: property.type,
    nullable: true,
    key: false,
    selected: true,
    returnedByDefault: true,
    description: owner === null ? null : descriptionOf(model, owner, property.name),
    enumValues: model.enumTypes.get(property.type)?.members.filter((member) => member !== 'unknownFutureValue') ?? null,
  } satisfies z.input<typeof Column>);
}

function itemColumn(column: Pick<Column, 'name' | 'sourcePath' | 'type' | 'key' | 'description'>): Column {
  return Column.parse({
    ...column,
    edmType: column.type === 'int32' ? 'Edm.Int32' : 'Edm.String',
    nullable: false,
    selected: column.key,
    returnedByDefault: true,
  } satisfies z.input<typeof Column>);
}

/** A legal name of a dataset. A name that is too long is cut and ends in a part of its hash, so that it is stable and unique. */
export function tableName(wanted: string): string {
  const name = /^[a-z]/.test(wanted) ? wanted : `t_${wanted}`;
  if (name.length <= NAME_MAX) return name;
  return `${name.slice(0, NAME_MAX - 7)}_${createHash('sha256').update(name).digest('hex').slice(0, 6)}`;
}
