import { z } from 'zod';
import { columnNameProblem } from '#lib/domain/dataset/column-name.ts';
import { Column, DatasetDefinition, DatasetParent, DatasetShape, ReadOptions } from '#lib/domain/dataset/dataset.ts';
import { sourcePathProblem } from '#lib/domain/dataset/source-path.ts';
import type { ImportChangeDto } from './metadata.ts';

/** See docs/metadata-format.md. A file of a newer version is refused, since part of it could be misunderstood. */
export const FILE_FORMAT = 'entrada-metadata';
export const FILE_VERSION = 1;

/** A path below the Graph base URL: no query, no `..`. */
const FilePath = z
  .string()
  .max(500)
  .regex(/^\/[^\s?#\\]*$/, 'A path must start with / and have no query, for example /users.')
  .refine((path) => !path.split('/').includes('..'), 'A path cannot contain "..".');

const FileColumn = Column.strict();

const FileDataset = DatasetShape.omit({ version: true })
  .extend({
    selected: z.boolean().default(false),
    path: FilePath,
    parent: DatasetParent.extend({ path: FilePath, column: z.string().min(1).max(63) })
      .strict()
      .nullable()
      .default(null),
    child: z.strictObject({ dataset: z.string(), sourcePath: z.string() }).nullable().default(null),
    licence: z.string().nullable().default(null),
    read: ReadOptions.strict(),
    columns: z.array(FileColumn).min(1, 'A dataset needs at least one column.').max(2000),
  })
  .strict()
  .superRefine((dataset, context) => {
    const paths = new Map<string, number>();
    dataset.columns.forEach((column, index) => {
      const complain = (member: string, message: string) =>
        context.addIssue({ code: 'custom', path: ['columns', index, member], message });
      const others = dataset.columns.filter((_, other) => other < index).map(({ name }) => name);
      const wrong = columnNameProblem(column.name, others);
      if (wrong !== null) complain('name', wrong);
      const unreadable = sourcePathProblem(column.sourcePath);
      if (unreadable !== null) complain('sourcePath', unreadable);
      if (paths.has(column.sourcePath))
        complain('sourcePath', `Column ${paths.get(column.sourcePath)} already reads this source path.`);
      paths.set(column.sourcePath, index);
      if (column.key && !column.selected) complain('selected', 'A key column must be selected.');
      if (column.key && column.type === 'json') complain('key', 'A column with nested values (type json) cannot be a key.');
      if (column.key && column.nullable) complain('nullable', 'A key column cannot be nullable.');
    });
    if (!dataset.columns.some((column) => column.selected)) {
      context.addIssue({ code: 'custom', path: ['columns'], message: 'Select at least one column.' });
    }
  });
export type FileDataset = z.infer<typeof FileDataset>;

/** A file of connection metadata. Strict: an unknown member is an error. */
export const MetadataFile = z
  .strictObject({
    format: z.literal(FILE_FORMAT, `This is not a file of connection metadata: "format" is not "${FILE_FORMAT}".`),
    version: z.literal(FILE_VERSION, `This version of Entrada reads only version ${FILE_VERSION} of the format.`),
    datasets: z.array(FileDataset).min(1, 'The file contains no dataset.').max(5000),
  })
  .superRefine(({ datasets }, context) => {
    const names = new Map<string, number>();
    datasets.forEach(({ name }, index) => {
      const message = `Dataset ${names.get(name)} already has this name.`;
      if (names.has(name)) context.addIssue({ code: 'custom', path: ['datasets', index, 'name'], message });
      names.set(name, index);
    });
  });
export type MetadataFile = z.infer<typeof MetadataFile>;

/** A dataset as it is stored and as a file contains it. */
export interface NamedDefinition {
  readonly definition: DatasetDefinition;
  readonly selected: boolean;
}

/** Values of members that a file omits; an export omits members with these values. */
const COLUMN_DEFAULTS = FileColumn.partial().parse({});
const DATASET_DEFAULTS: Partial<FileDataset> = {
  selected: false,
  origin: 'catalogue',
  parent: null,
  limitedPermissions: [],
  applicationPermissions: [],
  clouds: null,
  filter: null,
  child: null,
  licence: null,
};
const READ_DEFAULTS = ReadOptions.partial().parse({});

/** An object to write as JSON or YAML; members in a fixed order, without those that have their default. */
export function toFile(datasets: readonly NamedDefinition[]): object {
  return {
    format: FILE_FORMAT,
    version: FILE_VERSION,
    datasets: datasets.map(({ definition, selected }) => {
      const { version: _version, name, columns, read, ...rest } = definition;
      return {
        name,
        ...without({ selected, ...rest }, DATASET_DEFAULTS),
        read: without(read, READ_DEFAULTS),
        columns: columns.map((column) => without(column, COLUMN_DEFAULTS)),
      };
    }),
  };
}

export function fromFile({ datasets }: MetadataFile): NamedDefinition[] {
  return datasets.map(({ selected, ...definition }) => ({
    selected,
    definition: DatasetDefinition.parse({ version: 1, ...definition }),
  }));
}

function without(value: object, defaults: object): object {
  const known = new Map(Object.entries(defaults));
  return Object.fromEntries(
    Object.entries(value).filter(
      ([name, member]) => !known.has(name) || JSON.stringify(member) !== JSON.stringify(known.get(name)),
    ),
  );
}

/** What the import of a dataset would change; members of columns by their source path. */
export function diffDataset(before: NamedDefinition | null, after: NamedDefinition): ImportChangeDto {
  const dataset = after.definition.name;
  if (before === null) return { dataset, action: 'add', changes: [] };
  const [old, now] = [flatten(before), flatten(after)];
  const changes = [...new Set([...old.keys(), ...now.keys()])].flatMap((path) => {
    const change = { path, before: old.get(path) ?? null, after: now.get(path) ?? null };
    return change.before === change.after ? [] : [change];
  });
  return { dataset, action: changes.length === 0 ? 'same' : 'change', changes };
}

function flatten({ definition, selected }: NamedDefinition): Map<string, string> {
  const { version: _version, columns, read, ...rest } = definition;
  const flat = new Map<string, string>([['selected', JSON.stringify(selected)]]);
  for (const [name, value] of Object.entries(rest)) flat.set(name, JSON.stringify(value));
  for (const [name, value] of Object.entries(read)) flat.set(`read.${name}`, JSON.stringify(value));
  for (const { sourcePath, ...column } of columns) {
    for (const [name, value] of Object.entries(column)) flat.set(`columns[${sourcePath}].${name}`, JSON.stringify(value));
  }
  // The order of the columns is the order in the landed table.
  flat.set('columns', JSON.stringify(columns.map((column) => column.sourcePath)));
  return flat;
}
