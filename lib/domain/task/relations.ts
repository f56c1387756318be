import { z } from 'zod';
import { type DatasetDefinition, isColumnRead } from '#lib/domain/dataset/dataset.ts';
import { landedDefinition, NAME_BYTES_MAX, type NamesSettings, shortenedName, toSnakeCase } from './landing-names.ts';
import { sideTableName } from './side-tables.ts';
import { type TaskTarget, writesFiles } from './task.ts';

/** Rows of `table` refer to the rows of `toTable` with the same values in these columns, which are its key. Names are those of the target. */
const TableReference = z.object({
  /** Name of the foreign key. */
  name: z.string(),
  table: z.string(),
  columns: z.array(z.string()).readonly(),
  toTable: z.string(),
  toColumns: z.array(z.string()).readonly(),
});
export type TableReference = z.infer<typeof TableReference>;

/** A column that a view takes from other tables by a join: the first one of these that has a value. */
const JoinedColumn = z.object({
  name: z.string(),
  from: z.array(z.object({ join: z.number().int(), column: z.string() })).readonly(),
});

/** A view that shows a relationship with readable names of its parents and objects. */
const RelationshipView = z.object({
  name: z.string(),
  /** The table of the relationship. */
  table: z.string(),
  /** Its data columns, all of which the view has. */
  columns: z.array(z.string()).readonly(),
  /** Tables that are joined: `on` is a column of the relationship, `key` one of the joined table. */
  joins: z.array(z.object({ table: z.string(), on: z.string(), key: z.string() })).readonly(),
  joined: z.array(JoinedColumn).readonly(),
});
export type RelationshipView = z.infer<typeof RelationshipView>;

/** How the tables of a task belong together, as far as the task wants that in its target. */
export const TaskRelations = z.object({
  /** See `RelationKeys`. */
  keys: z.enum(['none', 'comments', 'foreign-keys']),
  references: z.array(TableReference).readonly(),
  views: z.array(RelationshipView).readonly(),
});
export type TaskRelations = z.infer<typeof TaskRelations>;

export const NO_RELATIONS: TaskRelations = { keys: 'none', references: [], views: [] };

/** Source paths of the names that a view adds, in their order. */
const LABELS = ['displayName', 'userPrincipalName', 'mail'] as const;

/** Types of the objects of members, owners and the like. */
const DIRECTORY_TYPES: ReadonlySet<string> = new Set(
  ['user', 'group', 'servicePrincipal', 'device', 'orgContact', 'application', 'directoryRole', 'administrativeUnit'].map(
    (type) => `microsoft.graph.${type}`,
  ),
);

/** Whether the task wants anything of this in its target. */
export function wantsRelations(target: TaskTarget): boolean {
  return !writesFiles(target) && (target.settings.relationKeys !== 'none' || target.settings.relationshipViews);
}

/**
 * The relations among `datasets`, which are all of a task. Objects of a relationship have no reference: they are of several types, and the
 * task need not land them.
 */
export function relationsOf(datasets: readonly DatasetDefinition[], target: TaskTarget): TaskRelations {
  if (writesFiles(target) || !wantsRelations(target)) return NO_RELATIONS;
  const { names, relationKeys, relationshipViews } = target.settings;
  const tables = datasets.map((dataset) => ({ dataset, landed: landedDefinition(dataset, names) }));
  const references = tables.flatMap((one) => referenceOf(one, tables) ?? []);
  return {
    keys: relationKeys,
    references: relationKeys === 'none' ? [] : references,
    views: relationshipViews ? tables.flatMap((one) => viewOf(one, tables, names) ?? []) : [],
  };
}

/** A dataset, and the same with the names of the target. */
interface Table {
  readonly dataset: DatasetDefinition;
  readonly landed: DatasetDefinition;
}

function referenceOf({ dataset, landed }: Table, tables: readonly Table[]): TableReference | null {
  const parent = parentOf(dataset, tables);
  if (parent === null) return null;
  const pairs = parent.landed.columns
    .filter(({ key }) => key)
    .map(({ name, sourcePath }) => [ownColumn(landed, sourcePath)?.name, name] as const);
  const columns = pairs.flatMap(([own]) => own ?? []);
  if (pairs.length === 0 || columns.length < pairs.length) return null;
  return {
    name: shortenedName(`${landed.name}_${columns.join('_')}_fkey`, NAME_BYTES_MAX),
    table: landed.name,
    columns,
    toTable: parent.landed.name,
    toColumns: pairs.map(([, name]) => name),
  };
}

/** The dataset whose rows the rows of this one belong to, if the task has it. */
function parentOf({ kind, child, parent }: DatasetDefinition, tables: readonly Table[]): Table | null {
  if (kind === 'child') return tables.find(({ dataset }) => dataset.name === child?.dataset) ?? null;
  if (kind !== 'relationship' || parent === null || parent.above !== undefined) return null;
  const isParent = ({ dataset }: Table) => dataset.kind === 'entity' && dataset.path === parent.path && !dataset.read.single;
  return tables.find(isParent) ?? null;
}

/** The column that has the parent's key `sourcePath`: in a relationship that of the parent, in a child table the same one. */
function ownColumn({ kind, parent, columns }: DatasetDefinition, sourcePath: string) {
  if (kind === 'child') return columns.find((column) => column.key && column.sourcePath === sourcePath);
  return sourcePath === (parent?.key ?? 'id') ? columns.find(({ name }) => name === parent?.column) : undefined;
}

/** A table that a view joins. */
interface Join {
  readonly role: 'parent' | 'object';
  readonly of: DatasetDefinition;
  /** Column of the relationship. */
  readonly on: string;
  readonly key: string;
}

function viewOf(one: Table, tables: readonly Table[], { columns: style }: NamesSettings): RelationshipView | null {
  const { dataset, landed } = one;
  if (dataset.kind !== 'relationship') return null;
  const joins = [...parentJoin(one, tables), ...objectJoins(one, tables)];
  const columns = landed.columns.filter(isColumnRead).map(({ name }) => name);
  const taken = new Set([...columns, 'hdr__run_id'].map((name) => name.toLowerCase()));
  const prefix = { parent: (dataset.parent?.column ?? '').replace(/_?id$/i, '') || 'parent', object: 'object' };
  const joined = (['parent', 'object'] as const).flatMap((role) =>
    LABELS.flatMap((label) => {
      const from = joins.flatMap(({ of, role: its }, join) => {
        const column = of.columns.find((candidate) => candidate.sourcePath === label && isColumnRead(candidate));
        return column === undefined || its !== role ? [] : [{ join, column: column.name }];
      });
      if (from.length === 0) return [];
      const name = unusedName(`${prefix[role]}_${style === 'snake_case' ? toSnakeCase(label) : label}`, taken);
      taken.add(name.toLowerCase());
      return [{ name, from }];
    }),
  );
  if (joined.length === 0) return null;
  return {
    ...{ name: sideTableName(landed.name, '__view'), table: landed.name, columns, joined },
    joins: joins.map(({ of, on, key }) => ({ table: of.name, on, key })),
  };
}

function parentJoin(one: Table, tables: readonly Table[]): readonly Join[] {
  const parent = parentOf(one.dataset, tables);
  const reference = referenceOf(one, tables);
  const [on, key] = [reference?.columns[0], reference?.toColumns[0]];
  if (parent === null || reference?.columns.length !== 1 || on === undefined || key === undefined) return [];
  return [{ role: 'parent', of: parent.landed, on, key }];
}

function objectJoins({ dataset, landed }: Table, tables: readonly Table[]): readonly Join[] {
  const on = landed.columns.find(({ sourcePath }) => sourcePath === 'id')?.name;
  if (on === undefined) return [];
  return objectsOf(dataset, tables).flatMap((of) => {
    const key = idOf(of.landed);
    return key === null ? [] : [{ role: 'object' as const, of: of.landed, on, key }];
  });
}

/** Datasets of the task that may have the objects of a relationship. */
function objectsOf({ entityType }: DatasetDefinition, tables: readonly Table[]): readonly Table[] {
  const isAny = entityType === 'microsoft.graph.directoryObject';
  return tables.filter(({ dataset: candidate }) => {
    const { kind, path, entityType: type } = candidate;
    if (kind !== 'entity' || path.includes('/deletedItems/') || !DIRECTORY_TYPES.has(type)) return false;
    return isAny || type === entityType;
  });
}

/** The column `id`, if it is the key. */
function idOf({ columns }: DatasetDefinition): string | null {
  const keys = columns.filter(({ key }) => key);
  return keys.length === 1 && keys[0]?.sourcePath === 'id' ? keys[0].name : null;
}

function unusedName(wanted: string, taken: ReadonlySet<string>): string {
  const name = shortenedName(wanted, NAME_BYTES_MAX);
  return taken.has(name.toLowerCase()) ? unusedName(`${wanted}_`, taken) : name;
}
