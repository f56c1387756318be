import { z } from 'zod';
import type { Column, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { isReservedWord } from './reserved-words.ts';

/** Longest name of a column or table in bytes: PostgreSQL's limit (documentation, section 4.1.1), the smallest of all targets. */
export const NAME_BYTES_MAX = 63;
/** Longest name of a table before the ending of a table beside it. */
const TABLE_BYTES_MAX = 55;
/** An underscore and the hash that distinguishes shortenedName or colliding names. */
const HASH_LENGTH = 8;

const TablePrefix = z
  .string()
  .trim()
  .regex(
    /^([a-z][a-z0-9_]{0,19})?$/,
    'Use lower-case letters, digits and _ for a prefix, and start with a letter (20 characters at most).',
  )
  .refine((prefix) => !/^(hdr__|entrada)/.test(prefix), 'This prefix is reserved. Choose another.');

const ColumnRule = z
  .string()
  .trim()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,62}$/,
    'Use letters, digits and _ for a column name, and start with a letter or _ (63 characters at most).',
  )
  .refine((name) => !/^(hdr__|entrada__)/i.test(name), 'Column names that start with hdr__ or entrada__ are reserved.');

const TableRule = z
  .string()
  .trim()
  .regex(
    /^[a-z][a-z0-9_]{0,54}$/,
    'Use lower-case letters, digits and _ for a table name, and start with a letter (55 characters at most).',
  );

/** One name that a person chose: of the table of a dataset, or of a column in one dataset or in all (`*`). */
const RenameRule = z.union([
  z.object({ dataset: z.string().min(1).max(63), column: z.null().default(null), to: TableRule }),
  z.object({ dataset: z.string().min(1).max(63), column: z.string().min(1).max(63), to: ColumnRule }),
]);
export type RenameRule = z.infer<typeof RenameRule>;

/** How the tables and columns of a task are called. */
export const NamesSettings = z.object({
  /** Columns as Graph calls its properties, or in snake_case. Tables are snake_case in both. */
  columns: z.enum(['camelCase', 'snake_case']).default('camelCase'),
  /** In front of each name of a table or folder, renamed ones included. */
  tablePrefix: TablePrefix.default(''),
  renames: z
    .array(RenameRule)
    .max(500)
    .superRefine((rules, context) => {
      for (const [at, message] of conflictsOf(rules)) context.addIssue({ code: 'custom', path: [at], message });
    })
    .default([]),
});
export type NamesSettings = z.infer<typeof NamesSettings>;

/** Two rules for one name, or two datasets or columns with one name. */
function* conflictsOf(rules: readonly RenameRule[]): Iterable<[number, string]> {
  const sources = new Set<string>();
  const results = new Set<string>();
  for (const [at, { dataset, column, to }] of rules.entries()) {
    const source = column === null ? dataset : `${dataset}.${column}`;
    const result = column === null ? to : `${dataset}.${to.toLowerCase()}`;
    if (column === null && dataset === '*')
      yield [at, 'This rule gives all tables the same name. Enter a dataset, or use the prefix.'];
    if (sources.has(source)) yield [at, `Two rules rename ${source}.`];
    if (results.has(result)) yield [at, `Two rules give the name ${to}.`];
    sources.add(source);
    results.add(result);
  }
}

/** The table or folder of a dataset: it depends on its name and the settings alone, whatever else the task reads. */
export function tableNameOf(dataset: string, { tablePrefix, renames }: NamesSettings): string {
  const rule = renames.find((one) => one.column === null && one.dataset === dataset);
  return shortenedName(`${tablePrefix}${rule?.to ?? dataset}`, TABLE_BYTES_MAX);
}

/** The dataset with the names of its table and its columns in the target. */
export function landedDefinition(dataset: DatasetDefinition, names: NamesSettings): DatasetDefinition {
  return { ...withLandedColumns(dataset, names), name: tableNameOf(dataset.name, names) };
}

/** The dataset with the names of its columns in the target; the same object where all of them stay. */
export function withLandedColumns(dataset: DatasetDefinition, names: NamesSettings): DatasetDefinition {
  const landed = columnNames(dataset, names);
  if (dataset.columns.every(({ name }, at) => landed[at] === name)) return dataset;
  const nameOf = new Map(dataset.columns.map(({ name }, at) => [name, landed[at] ?? name]));
  const { parent } = dataset;
  return {
    ...dataset,
    columns: dataset.columns.map((column) => ({ ...column, name: nameOf.get(column.name) ?? column.name })),
    parent: parent === null ? null : withLandedParent(parent, nameOf),
  };
}

function withLandedParent(parent: NonNullable<DatasetDefinition['parent']>, nameOf: ReadonlyMap<string, string>) {
  const { column, above } = parent;
  return {
    ...parent,
    column: nameOf.get(column) ?? column,
    ...(above === undefined ? {} : { above: nameOf.get(above) ?? above }),
  };
}

/**
 * Names of all columns in the target, selected or not, so that a selection renames none. Names that would be the same for a target that
 * ignores case are distinguished by a hash of their own name: who has the name by a rule keeps it, then who is called so already, then the first.
 */
function columnNames({ name: dataset, columns }: Pick<DatasetDefinition, 'name' | 'columns'>, names: NamesSettings): string[] {
  const wanted = columns.map((column) => wantedName(dataset, column, names));
  const order = columns.map((_, at) => at).sort((one, other) => rank(wanted[one]) - rank(wanted[other]) || one - other);
  const taken = new Set<string>();
  const result = columns.map(({ name }) => name);
  for (const at of order) {
    const [column, want] = [columns[at], wanted[at]];
    if (column === undefined || want === undefined) continue;
    // Two columns of the definition that differ in case only stay as they are: the plan has its own rule for them.
    const isFree = want.by === 'itself' || !taken.has(want.name.toLowerCase());
    result[at] = isFree ? want.name : unusedName(want.name, column.name, taken);
    taken.add((result[at] ?? '').toLowerCase());
  }
  return result;
}

interface Wanted {
  readonly name: string;
  readonly by: 'rule' | 'itself' | 'conversion';
}

function rank(wanted: Wanted | undefined): number {
  return wanted === undefined ? 3 : { rule: 0, itself: 1, conversion: 2 }[wanted.by];
}

function wantedName(dataset: string, { name }: Column, { columns, renames }: NamesSettings): Wanted {
  const rules = renames.filter((rule) => rule.column === name);
  const rule = rules.find((one) => one.dataset === dataset) ?? rules.find((one) => one.dataset === '*');
  if (rule !== undefined) return { name: legal(rule.to), by: 'rule' };
  const converted = legal(columns === 'snake_case' ? unreserved(toSnakeCase(name)) : name);
  return { name: converted, by: converted === name ? 'itself' : 'conversion' };
}

/** `onPremisesSamAccountName` -> `on_premises_sam_account_name`, `deviceOSVersion` -> `device_os_version`, `@parent.id` -> `parent_id`. */
export function toSnakeCase(name: string): string {
  const parts = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1_$2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1_$2')
    .replace(/^_+|_+$/g, '')
    .toLowerCase();
  if (parts === '') return `c_${hashOf(name)}`;
  return /^\p{N}/u.test(parts) ? `_${parts}` : parts;
}

/** A word that SQL reserves has to be quoted: with an underscore behind, it need not. */
function unreserved(name: string): string {
  return isReservedWord(name) ? `${name}_` : name;
}

/** Columns that every PostgreSQL table has (documentation, section 5.6), and `hdr__` and `entrada__`, which are Entrada's own. */
const SYSTEM_COLUMN = /^(tableoid|xmin|cmin|xmax|cmax|ctid)$/;

function legal(name: string): string {
  const own = /^(hdr__|entrada__)/i.test(name) ? `_${name}` : name;
  return shortenedName(SYSTEM_COLUMN.test(own) ? `${own}_` : own, NAME_BYTES_MAX);
}

function unusedName(wanted: string, source: string, taken: ReadonlySet<string>): string {
  for (let number = 0; ; number++) {
    const start = cut(wanted, NAME_BYTES_MAX - HASH_LENGTH - 1);
    const candidate = `${start}_${hashOf(number === 0 ? source : `${source} ${number}`)}`;
    if (!taken.has(candidate.toLowerCase())) return candidate;
  }
}

/** The name if it has at most `bytes` bytes of UTF-8, else its start with the hash of all of it. */
export function shortenedName(name: string, bytes: number): string {
  if (bytesOf(name) <= bytes) return name;
  return `${cut(name, bytes - HASH_LENGTH - 1)}_${hashOf(name)}`;
}

const encoder = new TextEncoder();

function bytesOf(text: string): number {
  return encoder.encode(text).length;
}

/** The longest start of whole characters that fits. */
function cut(text: string, bytes: number): string {
  let length = 0;
  let start = '';
  for (const character of text) {
    length += bytesOf(character);
    if (length > bytes) break;
    start += character;
  }
  return start;
}

/** FNV-1a of 32 bits, in hex: it need not be secret, and the browser has it, too. */
/** FNV-1a, 8 hex digits. */
export function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of encoder.encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(HASH_LENGTH, '0');
}
