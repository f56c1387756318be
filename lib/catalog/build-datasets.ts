import type { z } from 'zod';
import { Column, DatasetDefinition } from '#lib/domain/dataset.ts';
import { CATALOG } from './catalog.ts';
import { type CsdlModel, type CsdlProperty, flattenType } from './csdl-model.ts';
import { columnTypeOf } from './edm-types.ts';
import type { CatalogEntry } from './entry.ts';

/** Properties of members that Graph sends for any type, offered beside the id. */
const MEMBER_COLUMNS: readonly { readonly name: string; readonly description: string }[] = [
  { name: 'displayName', description: 'Null where the token may not read objects of this type.' },
  { name: 'userPrincipalName', description: 'Users only.' },
  { name: 'mail', description: 'Users, groups and contacts only.' },
];

/**
 * Datasets of a tenant: the catalogue joined with its $metadata. An entry whose type this cloud or version doesn't have is left out; a
 * property that it doesn't have is no column.
 */
export function buildDatasets(model: CsdlModel): readonly DatasetDefinition[] {
  return CATALOG.flatMap((entry) => {
    const columns = columnsOf(entry, model);
    return columns === null ? [] : [toDefinition(entry, columns)];
  });
}

function toDefinition(entry: CatalogEntry, columns: readonly Column[]): DatasetDefinition {
  const { name, title, area, description, path, entityType, parent, permissions, licence, read } = entry;
  return DatasetDefinition.parse({
    version: 1,
    name,
    title,
    area,
    description,
    kind: parent === null ? 'entity' : 'relationship',
    path,
    entityType,
    parent,
    permissions: [...permissions],
    licence,
    read,
    columns: [...columns],
  } satisfies z.input<typeof DatasetDefinition>);
}

function columnsOf(entry: CatalogEntry, model: CsdlModel): readonly Column[] | null {
  const type = flattenType(model, entry.entityType);
  if (type === null) return null;
  const parentKey = entry.parent === null ? [] : [parentColumn(entry.parent.column)];
  if (entry.entityType === 'microsoft.graph.directoryObject') return [...parentKey, ...memberColumns()];
  const keys = new Set(type.key.length === 0 ? ['id'] : type.key);
  const own = type.properties.flatMap((property) => {
    const column = toColumn(entry, property, model.enumTypes, keys.has(property.name));
    return column === null ? [] : [column];
  });
  // The key first, then what the catalogue selects, in its order, then the rest as $metadata orders it.
  const rank = ({ key, sourcePath }: Column): number => {
    const place = entry.select.indexOf(sourcePath);
    return key ? -1 : place < 0 ? entry.select.length : place;
  };
  return [...parentKey, ...own.sort((a, b) => rank(a) - rank(b))];
}

function toColumn(entry: CatalogEntry, property: CsdlProperty, enumTypes: CsdlModel['enumTypes'], key: boolean): Column | null {
  const type = columnTypeOf(property.type, enumTypes);
  if (type === null || entry.denied?.includes(property.name)) return null;
  return Column.parse({
    name: property.name,
    sourcePath: property.name,
    type,
    edmType: property.type,
    nullable: !key,
    key,
    selected: key || entry.select.includes(property.name),
    returnedByDefault: key || entry.defaults === undefined || entry.defaults.includes(property.name),
    description: entry.notes?.[property.name] ?? null,
  } satisfies z.input<typeof Column>);
}

function parentColumn(name: string): Column {
  return Column.parse({
    name,
    sourcePath: '@parent.id',
    type: 'string',
    edmType: 'Edm.String',
    nullable: false,
    key: true,
    selected: true,
    returnedByDefault: true,
    description: 'Key of the object that this row hangs on.',
  } satisfies z.input<typeof Column>);
}

function memberColumns(): Column[] {
  const base = { type: 'string', edmType: 'Edm.String' } as const;
  const columns: z.input<typeof Column>[] = [
    {
      ...base,
      name: 'id',
      sourcePath: 'id',
      nullable: false,
      key: true,
      selected: true,
      returnedByDefault: true,
      description: null,
    },
    {
      ...base,
      name: 'type',
      sourcePath: '@odata.type',
      nullable: true,
      key: false,
      selected: true,
      returnedByDefault: true,
      description: 'Kind of object, e.g. #microsoft.graph.user.',
    },
    ...MEMBER_COLUMNS.map(({ name, description }) => ({
      ...base,
      name,
      sourcePath: name,
      nullable: true,
      key: false,
      selected: name === 'displayName',
      returnedByDefault: true,
      description,
    })),
  ];
  return columns.map((column) => Column.parse(column));
}
