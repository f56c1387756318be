import type { Column } from '#lib/domain/dataset/dataset.ts';
import { operatorsOf } from '#lib/domain/filter/filter.ts';
import { formatCounted } from '#lib/domain/format.ts';

export interface ColumnFact {
  readonly term: string;
  readonly value: string;
  readonly mono: boolean;
}

const ORIGIN = {
  metadata: '$metadata of Graph',
  sample: 'live rows: $metadata does not have it',
  import: 'an imported file',
  person: 'a person',
} as const satisfies Record<Column['origin'], string>;

/** Whether no sampled row had a value in this column. */
export function isAlwaysNull({ sampled }: Pick<Column, 'sampled'>): boolean {
  return sampled !== null && sampled.rows > 0 && sampled.nulls === sampled.rows;
}

function seenWords(column: Column): string | null {
  const { sampled } = column;
  if (sampled === null || sampled.rows === 0) return null;
  if (isAlwaysNull(column)) return `no value in ${formatCounted(sampled.rows, 'row')}`;
  return `${formatCounted(sampled.rows - sampled.nulls, 'value')} in ${formatCounted(sampled.rows, 'row')}`;
}

/** Known facts about a column, as text; omits unknown ones. */
export function columnFacts(column: Column): readonly ColumnFact[] {
  const operators = operatorsOf(column);
  const words = (advanced: boolean) => operators.filter((one) => one.advanced === advanced).map((one) => one.operator);
  const [plain, advanced] = [words(false), words(true)];
  const facts: readonly (readonly [term: string, value: string | null, mono?: boolean])[] = [
    ['Source path', column.sourcePath, true],
    ['Type in Graph', column.edmType, true],
    ['Returned', column.returnedByDefault ? 'by default' : 'only on $select'],
    ['Known from', ORIGIN[column.origin]],
    ['Permission', column.permission === null ? null : `${column.permission}; without it, the column is left out`],
    ['Licence', column.licence === null ? null : `${column.licence}; without it, the column is left out`],
    ['Seen in live rows', seenWords(column)],
    ['Longest seen', column.maxLength === null ? null : formatCounted(column.maxLength, 'character')],
    ['Values', column.enumValues === null || column.enumValues.length === 0 ? null : column.enumValues.join(', '), true],
    ['Not beside', column.conflictsWith.length === 0 ? null : column.conflictsWith.join(', '), true],
    ['Filter', plain.length === 0 ? null : plain.join(', '), true],
    ['Filter, advanced', advanced.length === 0 ? null : advanced.join(', '), true],
  ];
  return facts.flatMap(([term, value, mono = false]) => (value === null ? [] : [{ term, value, mono }]));
}
