import type { Cell, ColumnType, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import type { TaskTarget } from '#lib/domain/task/task.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { findTargetModule } from '#lib/targets/registry.ts';
import type { TargetRules } from '#lib/targets/target.ts';
import { NO_RULES } from './reload-into.ts';

export type Row = Readonly<Record<string, unknown>>;

/** A dataset with a column of each type; `number` is the number of the reload. */
export const THINGS = fakeDataset(
  {
    id: 'string',
    text: 'string',
    flag: 'boolean',
    number: 'int32',
    large: 'int64',
    ratio: 'double',
    exact: 'decimal',
    at: 'dateTimeOffset',
    day: 'date',
    clock: 'timeOfDay',
    lasts: 'duration',
    ref: 'guid',
    raw: 'binary',
    tags: 'json',
    'odd "name" ü': 'string',
  },
  { name: 'things', countable: false },
);

/** Extreme values of each type, as Graph sends them. */
export const EDGE_CASE_ROWS: readonly Row[] = [
  {
    id: 'most',
    text: 'plain',
    flag: true,
    number: 2_147_483_647,
    large: '9223372036854775807',
    ratio: 1.797_693_134_862_315_7e308,
    exact: '12345678901234567890.0001',
    at: '9999-12-31T23:59:59.999999Z',
    day: '9999-12-31',
    clock: '23:59:59.999999',
    lasts: 'P3DT4H',
    ref: '6e7b768e-07e2-4810-8459-485f84f8f204',
    raw: 'AP/7',
    tags: [{ a: 1, b: [null, 'x'] }],
    'odd "name" ü': 'yes',
  },
  {
    id: 'least',
    text: ' ',
    flag: false,
    number: -2_147_483_648,
    large: '-9223372036854775808',
    ratio: -0.5,
    exact: '-0.00000000000000000001',
    at: '0001-01-01T00:00:00Z',
    day: '1582-10-15',
    clock: '00:00:00',
    lasts: '-PT0.0000001S',
    ref: '00000000-0000-0000-0000-000000000000',
    raw: 'AA==',
    tags: {},
    'odd "name" ü': 'no',
  },
];

/** Texts that break incorrect quoting, escaping or encoding. */
export const HOSTILE: readonly string[] = [
  'semi;colon, "quotes" \'single\' \\back `tick` $1 %s',
  'line\nbreak\r\nand\ttab',
  '\\N',
  'NULL',
  '日本語 한국어 🌿👩‍👩‍👧‍👦',
  'e\u0301 is not \u00e9',
  '\u202Eright to left\u202C \u200B\uFEFF',
  '=1+1',
  "'; DROP TABLE things; --",
  ' leading and trailing ',
];

/** The rows as they are read back, by id: every column, null where a row has no value. */
export function expected(rows: readonly Row[], dataset: DatasetDefinition = THINGS): Record<string, Row> {
  const whole = rows.map((row) =>
    Object.fromEntries(dataset.columns.map(({ name, sourcePath }) => [name, row[sourcePath] ?? null])),
  );
  return Object.fromEntries(whole.map((row) => [String(row['id']), row]));
}

/** The rows that the target shows, converted to the values that Graph sent. */
export async function landed(
  access: TargetAccess,
  task: TaskTarget,
  { dataset = THINGS, rules = NO_RULES }: { readonly dataset?: DatasetDefinition; readonly rules?: TargetRules } = {},
): Promise<Record<string, Row>> {
  const page = { offset: 0, limit: 10_000 };
  const { columns, rows } = await findTargetModule(access.kind).readRows(access, rules, { task, dataset, page });
  const own = columns.flatMap(({ name, type }, index) => (name.startsWith('hdr__') ? [] : [{ name, type, index }]));
  const named = rows.map((row) =>
    Object.fromEntries(own.map(({ name, type, index }) => [name, asSent(type, row[index] ?? null)] as const)),
  );
  return Object.fromEntries(named.map((row) => [String(row['id']), row]));
}

/** Converts a displayed value, or the text of a CSV file, to the value that Graph sent. */
export function asSent(type: ColumnType, cell: Cell): unknown {
  if (cell === null) return null;
  const text = String(cell);
  switch (type) {
    case 'boolean':
      return text === 'true';
    case 'int32':
    case 'double':
      return Number(text);
    case 'json':
      return JSON.parse(text) as unknown;
    case 'dateTimeOffset':
      return `${text.replace(' ', 'T').replace(/(\+00|Z)$/, '')}Z`;
    case 'binary':
      return text.startsWith('\\x') ? Buffer.from(text.slice(2), 'hex').toString('base64') : text;
    default:
      return text;
  }
}
