import { z } from 'zod';
import type { Problem } from '#lib/domain/problem.ts';
import { ownerColumnName, uniqueName } from './column-name.ts';
import { eventFacts, kindOfCollection } from './event-dataset.ts';

/**
 * Column types. Each comes from one or more EDM types (OData CSDL 4.01, section 4.4) and maps to one type per target.
 * Nested values (complex types, collections) are `json`.
 */
export const ColumnType = z.enum([
  'string',
  'boolean',
  'int32',
  'int64',
  'double',
  'decimal',
  'dateTimeOffset',
  'date',
  'timeOfDay',
  'duration',
  'guid',
  'binary',
  'json',
]);
export type ColumnType = z.infer<typeof ColumnType>;

/** Operators of OData `$filter` that a property may support (OData 4.01 URL conventions, section 5.1.1; `contains` only outside the directory). */
export const FilterOperator = z.enum([
  'eq',
  'ne',
  'in',
  'ge',
  'le',
  'gt',
  'lt',
  'startsWith',
  'endsWith',
  'contains',
  'eqNull',
  'any',
]);
export type FilterOperator = z.infer<typeof FilterOperator>;

export const Column = z.object({
  /** Column name in the target. Unique within the dataset (case-insensitive). */
  name: z.string().min(1).max(63),
  /** Property in the Graph payload, e.g. `displayName`; `a.b` for a property of a complex one. Keys of the parent start with `@parent.`. */
  sourcePath: z.string().min(1),
  type: ColumnType,
  /** The type in $metadata, e.g. `Edm.String` or `Collection(graph.assignedLicense)`. */
  edmType: z.string(),
  nullable: z.boolean(),
  /** Part of the key that identifies rows. */
  key: z.boolean(),
  selected: z.boolean(),
  /** Whether Graph returns it without $select. */
  returnedByDefault: z.boolean(),
  description: z.string().nullable(),
  /** Where the column is known from: $metadata, live rows, an imported file, or a person. */
  origin: z.enum(['metadata', 'sample', 'import', 'person']).default('metadata'),
  /** Longest value seen in live rows, characters; null = not sampled. */
  maxLength: z.number().int().nonnegative().nullable().default(null),
  /** Live rows that were sampled and how many had no value; null = not sampled. `rows = nulls`: no value was seen. */
  sampled: z.object({ rows: z.number().int().nonnegative(), nulls: z.number().int().nonnegative() }).nullable().default(null),
  /** Member names of an enum type, and other values that were seen. */
  enumValues: z.array(z.string()).nullable().default(null),
  /** Permission needed in addition to those of the dataset, e.g. `AuditLog.Read.All` for signInActivity; without it only this column is left out. */
  permission: z.string().nullable().default(null),
  /** Licence needed in addition to that of the dataset. */
  licence: z.string().nullable().default(null),
  /** Operators that `$filter` supports on it, with or without the advanced query headers; empty = it cannot be filtered. */
  filter: z.array(FilterOperator).default([]),
  /** Operators that need `ConsistencyLevel: eventual` and `$count=true`. */
  advancedFilter: z.array(FilterOperator).default([]),
  /** Source paths that `$select` refuses together with this one. */
  conflictsWith: z.array(z.string()).default([]),
  /** A nested collection: as JSON in this column, or as rows of a child table. */
  nested: z.enum(['json', 'child']).default('json'),
});
export type Column = z.infer<typeof Column>;

/** Whether reloads read the column: key columns always; a collection that is a child table is not also a column. */
export function isColumnRead({ key, selected, nested }: Pick<Column, 'key' | 'selected' | 'nested'>): boolean {
  return key || (selected && nested === 'json');
}

/** The dataset with these columns deselected; key columns stay selected. Returns the same object when none of them was selected. */
export function withoutColumns<T extends { readonly columns: readonly Column[] }>(dataset: T, names: ReadonlySet<string>): T {
  const isOut = ({ name, key, selected }: Column): boolean => selected && !key && names.has(name);
  if (!dataset.columns.some(isOut)) return dataset;
  return { ...dataset, columns: dataset.columns.map((column) => (isOut(column) ? { ...column, selected: false } : column)) };
}

/**
 * Columns that reloads land, out of all columns of a dataset. Properties that differ only in case are one column (Graph's payload may use either
 * spelling): all of them are requested, and their values go to the first column.
 */
export function landedColumns(columns: readonly Column[]): Column[] {
  const first = new Map<string, string>();
  return columns.filter(isColumnRead).filter(({ sourcePath }) => {
    const lower = sourcePath.toLowerCase();
    if (!first.has(lower)) first.set(lower, sourcePath);
    return first.get(lower) === sourcePath;
  });
}

export const DatasetArea = z.enum([
  'Users',
  'Groups',
  'Applications',
  'Roles',
  'Devices',
  'Tenant',
  'Policies',
  'Protection',
  'Governance',
  'Logs',
  'Other',
]);
export type DatasetArea = z.infer<typeof DatasetArea>;

/** How Graph reads this collection. */
export const ReadOptions = z.object({
  /** Rows per page without `$top`; null where the documentation does not state it. */
  pageSizeDefault: z.number().int().positive().nullable().default(null),
  /** Largest `$top` (rows per page); null where the resource supports no `$top`. */
  pageSizeMax: z.number().int().positive().nullable(),
  /** Whether `$select` is supported. */
  select: z.boolean(),
  /** Needs `ConsistencyLevel: eventual` and `$count=true` for a complete answer (e.g. service principals among group members). */
  advancedQuery: z.boolean(),
  /** Whether `$count` returns the number of rows, to prove completeness. */
  countable: z.boolean(),
  /** Whether delta query is supported. */
  delta: z.boolean(),
  /** The path is one object instead of a collection: a table of one row. */
  single: z.boolean().default(false),
  /** Navigation property to one object that is read with `$expand`; columns `name.…` come from it. */
  expand: z.string().nullable().default(null),
  /** Supported ones of `$filter`, `$orderby`, `$search`, `$skip` and `$expand`. */
  options: z.array(z.enum(['filter', 'orderby', 'search', 'skip', 'expand'])).default([]),
  /** Quota that requests count against (Graph doc "throttling limits"). */
  throttling: z
    .enum(['directory', 'reports', 'sign-in-activity', 'identity-protection', 'identity-providers', 'other'])
    .default('directory'),
});
export type ReadOptions = z.infer<typeof ReadOptions>;

/** The collection of the parents of a relationship. */
export const DatasetParent = z.object({
  path: z.string(),
  /** Column of this dataset that holds the parent's key. */
  column: z.string(),
  /** For parents that have parents themselves (`/a/{id}/b`): the column of this dataset that holds the key of the outer parents. */
  above: z.string().optional(),
  /** Key property of the parents; default `id`. */
  key: z.string().optional(),
  /** Whether the parents' collection supports `$select`; default true. */
  select: z.boolean().optional(),
  /** Largest `$top` of the parents' collection; null where it supports none; default 999. */
  pageSizeMax: z.number().int().positive().nullable().optional(),
  /** Delegated permissions, any of which reads the parents, where those of the dataset do not suffice; least privileged first. */
  permissions: z.array(z.string()).optional(),
  /** Application permissions for the same. */
  applicationPermissions: z.array(z.string()).optional(),
});

/** The members of a definition; {@link DatasetDefinition} reads a stored one. */
export const DatasetShape = z.object({
  /** Version 1 had no kind `events`. */
  version: z.literal([1, 2]),
  /** Table name, snake_case, e.g. `users`, `group_members`. Unique within a connection. */
  name: z.string().regex(/^[a-z][a-z0-9_]{0,54}$/),
  title: z.string(),
  area: DatasetArea,
  description: z.string(),
  /**
   * `child`: one row for each item of a nested collection of another dataset. `events`: rows with a time that Graph deletes after a while;
   * they are appended and never compared for deletes, as are their children ({@link eventFacts}).
   */
  kind: z.enum(['entity', 'relationship', 'child', 'events']),
  /** `catalogue`: maintained by hand; `advanced`: found in $metadata; `import`: from a file. */
  origin: z.enum(['catalogue', 'advanced', 'import']).default('catalogue'),
  /** Path under the Graph base URL; `{id}` stands for the parent's key in a relationship, e.g. `/groups/{id}/members`. */
  path: z.string().startsWith('/'),
  /** Entity type in $metadata, e.g. `microsoft.graph.user`. */
  entityType: z.string(),
  /** For a relationship: the parents' collection and the column of this dataset that holds the parent's id. */
  parent: DatasetParent.nullable(),
  /** Delegated permissions, any of which reads it; least privileged first. */
  permissions: z.array(z.string()),
  /** Delegated or application permissions with which Graph answers but leaves most columns empty, e.g. `User.ReadBasic.All`. */
  limitedPermissions: z.array(z.string()).default([]),
  /** Application permissions (app roles), for app-only sign-in; least privileged first. */
  applicationPermissions: z.array(z.string()).default([]),
  /** Names of the clouds that offer it; null = all. */
  clouds: z.array(z.string()).nullable().default(null),
  /** `$filter` expression that reloads use; null = all rows. */
  filter: z.string().nullable().default(null),
  /** For a child dataset: the dataset and the collection property whose items are the rows. */
  child: z.object({ dataset: z.string(), sourcePath: z.string() }).nullable().default(null),
  /** Licence without which Graph refuses, e.g. `Microsoft Entra ID P1`. */
  licence: z.string().nullable(),
  read: ReadOptions,
  columns: z.array(Column),
});
export type DatasetDefinition = z.infer<typeof DatasetShape>;

/** Definition of one dataset, stored as versioned JSON. Parsing upgrades earlier versions to the present one. */
export const DatasetDefinition = DatasetShape.overwrite(upgraded);

function upgraded(stored: DatasetDefinition): DatasetDefinition {
  const kind = stored.version === 1 && stored.kind === 'entity' ? kindOfCollection(stored) : stored.kind;
  return withOwnerTime(stored.version === 2 ? stored : { ...stored, version: 2, kind });
}

/** Items of an event have its time: by it they are read, kept and placed, as the event is. Definitions of before lacked it. */
function withOwnerTime(dataset: DatasetDefinition): DatasetDefinition {
  const { child, columns } = dataset;
  const time = child === null ? undefined : eventFacts(dataset)?.time;
  if (child === null || time === undefined || columns.some(({ sourcePath }) => sourcePath === time)) return dataset;
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()));
  const column = Column.parse({
    name: uniqueName(ownerColumnName(child.dataset, time), taken),
    sourcePath: time,
    type: 'dateTimeOffset',
    edmType: 'Edm.DateTimeOffset',
    nullable: true,
    key: false,
    selected: true,
    returnedByDefault: true,
    description: `Time of the row of ${child.dataset}.`,
  } satisfies z.input<typeof Column>);
  const above = columns.findLastIndex((one) => one.key && !one.sourcePath.includes('[]')) + 1;
  return { ...dataset, columns: [...columns.slice(0, above), column, ...columns.slice(above)] };
}

/**
 * Access according to the permissions of the connection's token. `delegated-only`: Graph has no application permission for it,
 * and the connection signs in as an application. `unknown`: no permission is documented for it.
 */
export const Access = z.enum(['granted', 'missing-permission', 'delegated-only', 'unknown']);
export type Access = z.infer<typeof Access>;

/**
 * Access to a dataset: according to the permissions of the token, or, after a probe, according to Graph's answer. `unknown`: neither
 * decides, or Graph could not be reached.
 */
export const DatasetAccess = z.enum([...Access.options, 'needs-licence', 'not-in-cloud']);
export type DatasetAccess = z.infer<typeof DatasetAccess>;

/** The reason for `access`. */
export interface AccessDetailDto {
  /** One sentence; null where `granted` needs no explanation. */
  readonly reason: string | null;
  /** Permissions, any of which would suffice, least privileged first; empty unless one is missing. */
  readonly missing: readonly string[];
  /** ISO 8601 UTC; null = not probed yet: access is what the token's permissions say. */
  readonly probedAt: string | null;
  /** The refusal of Graph. */
  readonly problem: Problem | null;
  /** Columns that need more than the dataset and are left out, each with the reason. */
  readonly columns: readonly { readonly sourcePath: string; readonly access: DatasetAccess; readonly reason: string }[];
  /** Why some parents may hide their rows although the dataset can be read; null: no sign of it. */
  readonly unseen: string | null;
}

/** One line of the dataset list of the metadata page. */
export interface DatasetSummaryDto {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly area: DatasetArea;
  readonly description: string;
  readonly kind: DatasetDefinition['kind'];
  readonly path: string;
  /** For a child dataset: the nested collection whose items are the rows. */
  readonly child: { readonly dataset: string; readonly sourcePath: string } | null;
  readonly permissions: readonly string[];
  readonly licence: string | null;
  readonly origin: DatasetDefinition['origin'];
  readonly entityType: string;
  readonly access: DatasetAccess;
  readonly accessDetail: AccessDetailDto;
  readonly selected: boolean;
  /** Whether a `$filter` restricts what reloads read. */
  readonly filtered: boolean;
  readonly columnCount: number;
  readonly selectedColumnCount: number;
  /** Undecided differences of this dataset (new, gone or retyped columns; the dataset itself). */
  readonly pending: number;
}

export interface DatasetDto extends DatasetSummaryDto {
  readonly filter: string | null;
  readonly parent: { readonly path: string; readonly column: string } | null;
  readonly read: ReadOptions;
  readonly columns: readonly ColumnDto[];
}

/** A column as the page shows it. */
export interface ColumnDto extends Column {
  /** Types that represent all of its values; the one of $metadata first. */
  readonly typeChoices: readonly ColumnType[];
  /** Members that a person changed since it was generated: `name`, `type`, `selected`, … */
  readonly edited: readonly string[];
}

/** A cell for a page: JSON scalars unchanged, nested values as JSON text. */
export type Cell = string | number | boolean | null;

/** Live rows, each with its complete JSON. */
export interface SampleDto extends RowsDto {
  /** JSON text of each row, in the order of `rows`. */
  readonly raw: readonly string[];
  /** Columns left out because they need more than the dataset, each with the reason. */
  readonly notes: readonly string[];
}

/** Some rows of a table for display. */
export interface RowsDto {
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  readonly rows: readonly (readonly Cell[])[];
  /** Number of all rows; null when unknown. */
  readonly total: number | null;
}
