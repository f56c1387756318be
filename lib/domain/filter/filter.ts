import type { Column, FilterOperator } from '#lib/domain/dataset/dataset.ts';
import { IN_VALUES_MAX, type LiteralType, valueProblem, writeLiteral } from './filter-literal.ts';

/** Operators of a condition. The last two take no value. */
export type ConditionOperator = Exclude<FilterOperator, 'eqNull' | 'any'> | 'isNull' | 'isNotNull';

/** `path operator values`; with `item`, a condition on the items of a collection: true when any item fulfils it. */
export interface FilterCondition {
  readonly kind: 'condition';
  /** Property, with `/` below a complex one: `signInActivity/lastSignInDateTime`. */
  readonly path: string;
  readonly operator: ConditionOperator;
  readonly type: LiteralType;
  /** As a person enters them, without quotes: one; for `in` one or more; for isNull and isNotNull none. */
  readonly values: readonly string[];
  /** Null: the condition is on the property itself. Else on the items of the collection: '' for the item, or the name of its property. */
  readonly item: string | null;
  readonly not: boolean;
}

/** Conditions joined by `and` or by `or`. */
export interface FilterGroup {
  readonly kind: 'group';
  readonly join: 'and' | 'or';
  readonly items: readonly FilterNode[];
  readonly not: boolean;
}

export type FilterNode = FilterCondition | FilterGroup;

export const EMPTY_FILTER: FilterGroup = { kind: 'group', join: 'and', items: [], not: false };

/** Whether an operator takes no value. */
export function isUnary(operator: ConditionOperator): operator is 'isNull' | 'isNotNull' {
  return operator === 'isNull' || operator === 'isNotNull';
}

/**
 * The `$filter` expression, not percent-encoded; '' for an empty group. Nested groups are in parentheses, so that readers need
 * not know that `and` has precedence over `or`.
 */
export function buildFilter(node: FilterNode): string {
  return node.kind === 'condition' ? buildCondition(node) : buildGroup(node, true);
}

function buildGroup(group: FilterGroup, outermost: boolean): string {
  const parts = group.items
    .map((item) => (item.kind === 'condition' ? buildCondition(item) : buildGroup(item, false)))
    .filter((part) => part !== '');
  const text = parts.join(` ${group.join} `);
  if (text === '') return '';
  if (group.not) return `not (${text})`;
  return outermost || parts.length === 1 ? text : `(${text})`;
}

function buildCondition(condition: FilterCondition): string {
  const { path, item, not } = condition;
  const variable = item === '' ? 'x' : `x/${item}`;
  const text = item === null ? comparison(condition, path) : `${path}/any(x:${comparison(condition, variable)})`;
  if (!not) return text;
  // `not` has precedence over comparisons (OData 4.01 URL conventions, section 5.1.1.16), but not over a function call.
  return text.endsWith(')') && !text.includes(' in (') ? `not ${text}` : `not (${text})`;
}

function comparison({ operator, values, type }: FilterCondition, path: string): string {
  const literals = values.map((value) => writeLiteral(value, type));
  switch (operator) {
    case 'isNull':
      return `${path} eq null`;
    case 'isNotNull':
      return `${path} ne null`;
    case 'in':
      return `${path} in (${literals.join(',')})`;
    case 'startsWith':
    case 'endsWith':
    case 'contains':
      return `${operator.toLowerCase()}(${path},${literals[0] ?? "''"})`;
    case 'eq':
    case 'ne':
    case 'ge':
    case 'le':
    case 'gt':
    case 'lt':
      return `${path} ${operator} ${literals[0] ?? "''"}`;
  }
}

/** What is wrong with a condition, by the part of it. */
export function conditionProblem(condition: FilterCondition, columns: readonly Column[]): string | null {
  const column = columnOf(condition.path, columns);
  if (column === undefined) return `No column of this dataset reads ${condition.path}.`;
  if (!operatorsOf(column).some(({ operator }) => operator === condition.operator)) {
    return `Graph does not support this operator for ${column.sourcePath}.`;
  }
  if (isUnary(condition.operator)) return null;
  if (condition.values.every((value) => value === '')) return 'Enter a value.';
  if (condition.operator === 'in' && condition.values.length > IN_VALUES_MAX) {
    return `Graph takes at most ${IN_VALUES_MAX} values here.`;
  }
  return condition.values.map((value) => valueProblem(value, condition.type)).find((problem) => problem !== null) ?? null;
}

/** The column that a path of a filter starts with. */
export function columnOf(path: string, columns: readonly Column[]): Column | undefined {
  const exact = columns.find((column) => column.sourcePath.replaceAll('.', '/') === path);
  const first = path.split('/')[0]?.toLowerCase();
  return exact ?? columns.find((column) => column.sourcePath.toLowerCase() === first);
}

/** An operator that a column supports; `advanced`: only with `ConsistencyLevel: eventual` and `$count=true`. */
export interface OfferedOperator {
  readonly operator: ConditionOperator;
  readonly advanced: boolean;
}

const ORDER = [
  'eq',
  'ne',
  'in',
  'startsWith',
  'endsWith',
  'contains',
  'ge',
  'le',
  'gt',
  'lt',
  'isNull',
  'isNotNull',
] as const satisfies ConditionOperator[];

/** Whether a column holds a collection; a filter on it uses `any`. */
export function isCollection(column: Pick<Column, 'edmType'>): boolean {
  return column.edmType.startsWith('Collection(');
}

/** Operators to offer for a column; for a collection, those of its items. `ne null` is supported where `eq null` is. */
export function operatorsOf(column: Column): readonly OfferedOperator[] {
  const plain = new Set<string>(column.filter);
  const advanced = new Set<string>(column.advancedFilter);
  if (isCollection(column) && plain.has('any')) plain.add('eq');
  if (isCollection(column) && advanced.has('any')) advanced.add('eq');
  if (plain.has('eqNull')) plain.add('isNull').add('isNotNull');
  if (advanced.has('eqNull')) advanced.add('isNull').add('isNotNull');
  return ORDER.filter((operator) => plain.has(operator) || advanced.has(operator)).map((operator) => ({
    operator,
    advanced: !plain.has(operator),
  }));
}

/** Columns on which Graph supports `$filter`. */
export function filterableColumns(columns: readonly Column[]): readonly Column[] {
  return columns.filter((column) => !column.sourcePath.startsWith('@') && operatorsOf(column).length > 0);
}

/** Needs advanced query on any property (Graph doc "Advanced query capabilities on Microsoft Entra ID objects"). */
const ADVANCED_WORDS = /\bnot\b|\bne\b|\bendswith\s*\(|\beq\s+null\b|\/\$count\b/i;

/**
 * Whether a filter needs `ConsistencyLevel: eventual` and `$count=true`: according to the columns when the filter was
 * parsed, else by keywords in its text (`node` null).
 */
export function needsAdvancedQuery(text: string, node: FilterNode | null, columns: readonly Column[]): boolean {
  if (node === null) return ADVANCED_WORDS.test(text.replace(/'(?:[^']|'')*'/g, "''"));
  if (node.not) return true;
  if (node.kind === 'group') return node.items.some((item) => needsAdvancedQuery('', item, columns));
  const column = columnOf(node.path, columns);
  const offered = column === undefined ? undefined : operatorsOf(column).find(({ operator }) => operator === node.operator);
  return offered?.advanced ?? (node.operator === 'ne' || node.operator === 'endsWith' || isUnary(node.operator));
}
