import { z } from 'zod';
import type { Problem } from '#lib/domain/problem.ts';
import { kindOfCollection } from './event-dataset.ts';

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
  /** As in $metadata, e.g. `Edm.String` or `Collection(graph.assignedLicense)`. */
  edmType: z.string(),
  nullable: z.boolean(),
  /** Part of the key that rows are compared by. */
  key: z.boolean(),
  selected: z.boolean(),
  /** Whether Graph returns it without $select. */
  returnedByDefault: z.boolean(),
  description: z.string().nullable(),
  /** Where it is known from: $metadata, live rows, an imported file, or a person. */
  origin: z.enum(['metadata', 'sample', 'import', 'person']).default('metadata'),
  /** Longest value seen in live rows, characters; null = not sampled. */
  maxLength: z.number().int().nonnegative().nullable().default(null),
  /** Live rows looked at and how many of them had no value; null = not sampled. `rows = nulls`: always null as far as seen. */
  sampled: z.object({ rows: z.number().int().nonnegative(), nulls: z.number().int().nonnegative() }).nullable().default(null),
  /** Member names of an enum type, and those seen outside of it. */
  enumValues: z.array(z.string()).nullable().default(null),
  /** Permission needed beyond those of the dataset, e.g. `AuditLog.Read.All` for signInActivity; without it the column alone is left out. */
  permission: z.string().nullable().default(null),
  /** Licence needed beyond that of the dataset. */
  licence: z.string().nullable().default(null),
  /** Operators that `$filter` understands on it without and with the advanced query headers; empty = can't be filtered. */
  filter: z.array(FilterOperator).default([]),
  /** Operators that need `ConsistencyLevel: eventual` and `$count=true`. */
  advancedFilter: z.array(FilterOperator).default([]),
  /** Source paths that `$select` refuses beside this one. */
  conflictsWith: z.array(z.string()).default([]),
  /** A nested collection as JSON in this column, or as rows of a child table. */
  nested: z.enum(['json', 'child']).default('json'),
});
export type Column = z.infer<typeof Column>;

/** Whether reloads read the column: key columns always, a collection that is a child table not as a column too. */
export function isRead({ key, selected, nested }: Pick<Column, 'key' | 'selected' | 'nested'>): boolean {
  return key || (selected && nested === 'json');
}

/** The dataset with these columns deselected; key columns stay whatever is named. The same object when none of them was selected. */
export function withoutColumns<T extends { readonly columns: readonly Column[] }>(dataset: T, names: ReadonlySet<string>): T {
  const isOut = ({ name, key, selected }: Column): boolean => selected && !key && names.has(name);
  if (!dataset.columns.some(isOut)) return dataset;
  return { ...dataset, columns: dataset.columns.map((column) => (isOut(column) ? { ...column, selected: false } : column)) };
}

/**
 * Columns that reloads land, out of all of a dataset. Properties that differ in case alone are one (Graph's payload may spell it either
 * way): all of them are asked for, and feed the first one's column.
 */
export function landedColumns(columns: readonly Column[]): Column[] {
  const first = new Map<string, string>();
  return columns.filter(isRead).filter(({ sourcePath }) => {
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

/** How Graph lets this collection be read. */
export const ReadOptions = z.object({
  /** Rows a page when nothing is asked for; null where the documentation doesn't say. */
  pageSizeDefault: z.number().int().positive().nullable().default(null),
  /** Largest `$top` (rows a page); null where the resource takes no `$top`. */
  pageSizeMax: z.number().int().positive().nullable(),
  /** Whether `$select` is understood. */
  select: z.boolean(),
  /** Needs `ConsistencyLevel: eventual` and `$count=true` for a complete answer (e.g. service principals among group members). */
  advancedQuery: z.boolean(),
  /** Whether `$count` gives the number of rows, to prove completeness. */
  countable: z.boolean(),
  /** Delta query exists. */
  delta: z.boolean(),
  /** The path is one object instead of a collection: a table of one row. */
  single: z.boolean().default(false),
  /** Navigation property to one object that is read along with `$expand`; columns with `name.…` come from it. */
  expand: z.string().nullable().default(null),
  /** `$filter`, `$orderby`, `$search`, `$skip` and `$expand`, where understood. */
  options: z.array(z.enum(['filter', 'orderby', 'search', 'skip', 'expand'])).default([]),
  /** Quota that requests count against (Graph doc "throttling limits"). */
  throttling: z
    .enum(['directory', 'reports', 'sign-in-activity', 'identity-protection', 'identity-providers', 'other'])
    .default('directory'),
});
export type ReadOptions = z.infer<typeof ReadOptions>;

/** The collection whose rows are the parents of a relationship's rows. */
export const DatasetParent = z.object({
  path: z.string(),
  /** Column here that holds the parent's key. */
  column: z.string(),
  /** Of parents that hang on other objects themselves (`/a/{id}/b`): the column here that holds the key of those. */
  above: z.string().optional(),
  /** Key property of the parents; `id` unless it says otherwise. */
  key: z.string().optional(),
  /** Whether the parents' collection understands `$select`; it does unless it says otherwise. */
  select: z.boolean().optional(),
  /** Largest `$top` there; null where it takes none; 999 unless it says otherwise. */
  pageSizeMax: z.number().int().positive().nullable().optional(),
  /** Delegated permissions any of which finds the parents, where those of the dataset itself may not do; the least one first. */
  permissions: z.array(z.string()).optional(),
  /** The same as application permissions. */
  applicationPermissions: z.array(z.string()).optional(),
});

/** The members of a definition, one by one; {@link DatasetDefinition} reads a stored one. */
export const DatasetShape = z.object({
  /** Version 1 knew no kind `events`. */
  version: z.literal([1, 2]),
  /** Table name, snake_case, e.g. `users`, `group_members`. Unique within a connection. */
  name: z.string().regex(/^[a-z][a-z0-9_]{0,54}$/),
  title: z.string(),
  area: DatasetArea,
  description: z.string(),
  /**
   * `child`: one row for each item of a nested collection of another dataset. `events`: rows that happened at a time and that Graph forgets
   * (event-dataset.ts); they are appended and never compared for deletes.
   */
  kind: z.enum(['entity', 'relationship', 'child', 'events']),
  /** Ours, checked by hand; or merely found in $metadata. */
  origin: z.enum(['catalogue', 'advanced', 'import']).default('catalogue'),
  /** Path under the Graph base URL; `{id}` stands for the parent's key in a relationship, e.g. `/groups/{id}/members`. */
  path: z.string().startsWith('/'),
  /** Entity type in $metadata, e.g. `microsoft.graph.user`. */
  entityType: z.string(),
  /** For a relationship: the collection whose rows are the parents, and the column that holds the parent's id here. */
  parent: DatasetParent.nullable(),
  /** Delegated permissions, any of which lets it be read; the least one first. */
  permissions: z.array(z.string()),
  /** Permissions of either kind with which Graph answers, but leaves most columns empty, e.g. `User.ReadBasic.All`. */
  limitedPermissions: z.array(z.string()).default([]),
  /** The same as application permissions (app roles), for app-only sign-in. */
  applicationPermissions: z.array(z.string()).default([]),
  /** Clouds by name that have it; null = every one. */
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

/** Definition of one dataset, stored as versioned JSON. A stored one of an earlier version is brought up to the present one. */
export const DatasetDefinition = DatasetShape.overwrite(upgraded);

function upgraded(stored: DatasetDefinition): DatasetDefinition {
  if (stored.version === 2) return stored;
  return { ...stored, version: 2, kind: stored.kind === 'entity' ? kindOfCollection(stored) : stored.kind };
}

/**
 * What the permissions of the connection's token say of reading the dataset. `delegated-only`: Graph has no application permission for it,
 * and the connection signs in as an application. `unknown`: no permission is named for it.
 */
export const Access = z.enum(['granted', 'missing-permission', 'delegated-only', 'unknown']);
export type Access = z.infer<typeof Access>;

/**
 * What is known about reading a dataset: from the permissions of the token, or, once probed, from Graph's own answer. `unknown`: neither
 * says, or Graph could not be asked.
 */
export const DatasetAccess = z.enum([...Access.options, 'needs-licence', 'not-in-cloud']);
export type DatasetAccess = z.infer<typeof DatasetAccess>;

/** Why `access` is what it is. */
export interface AccessDetailDto {
  /** One sentence; null where `granted` without more to say. */
  readonly reason: string | null;
  /** Permissions any of which would do, the least one first; only while one is missing. */
  readonly missing: readonly string[];
  /** ISO 8601 UTC; null = Graph has not been asked yet, the badge is what the token says. */
  readonly probedAt: string | null;
  /** Graph's refusal in words. */
  readonly problem: Problem | null;
  /** Columns that need more than the dataset and are left out alone, each with the reason. */
  readonly columns: readonly { readonly sourcePath: string; readonly access: DatasetAccess; readonly reason: string }[];
  /** Why some parents may not show their rows though the dataset can be read; null: nothing says so. */
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
  /** The nested collection that the rows of a child dataset are the items of. */
  readonly child: { readonly dataset: string; readonly sourcePath: string } | null;
  readonly permissions: readonly string[];
  readonly licence: string | null;
  readonly origin: DatasetDefinition['origin'];
  readonly entityType: string;
  readonly access: DatasetAccess;
  readonly accessDetail: AccessDetailDto;
  readonly selected: boolean;
  /** A `$filter` narrows what reloads read. */
  readonly filtered: boolean;
  readonly columnCount: number;
  readonly selectedColumnCount: number;
  /** Differences of this dataset that nobody has decided yet (new, gone or retyped columns; the dataset itself). */
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
  /** Types that it can have without losing a value; the one of $metadata first. */
  readonly typeChoices: readonly ColumnType[];
  /** What a person changed since it was generated: `name`, `type`, `selected`, … */
  readonly edited: readonly string[];
}

/** A cell as it goes to the page: JSON scalars as they are, nested values as JSON text. */
export type Cell = string | number | boolean | null;

/** Live rows with the whole of each as Graph sent it. */
export interface SampleDto extends RowsDto {
  /** JSON text of each row, in the order of `rows`. */
  readonly raw: readonly string[];
  /** Columns left out because they need more than the dataset, each with the reason. */
  readonly notes: readonly string[];
}

/** Some rows of a table, for looking at. */
export interface RowsDto {
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  readonly rows: readonly (readonly Cell[])[];
  /** Rows in all, where known. */
  readonly total: number | null;
}
