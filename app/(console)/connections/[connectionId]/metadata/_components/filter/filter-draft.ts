import type { Column } from '#lib/domain/dataset/dataset.ts';
import {
  type ConditionOperator,
  columnOf,
  conditionProblem,
  type FilterCondition,
  type FilterGroup,
  type FilterNode,
  isCollection,
  isUnary,
  operatorsOf,
} from '#lib/domain/filter/filter.ts';
import { literalTypeOf } from '#lib/domain/filter/filter-literal.ts';

/** Path to a node: indexes from the outermost group on; empty = that group itself. */
export type NodePath = readonly number[];

/** The group with the node at `path` replaced by the result of `change`; null removes the node, and also a group that becomes empty. */
export function changeAt(group: FilterGroup, path: NodePath, change: (node: FilterNode) => FilterNode | null): FilterGroup {
  const [index, ...rest] = path;
  if (index === undefined) {
    const changed = change(group);
    return changed?.kind === 'group' ? changed : group;
  }
  const items = group.items.flatMap((item, at) => {
    if (at !== index) return [item];
    if (rest.length > 0 && item.kind === 'group') {
      const inner = changeAt(item, rest, change);
      return inner.items.length === 0 ? [] : [inner];
    }
    const changed = change(item);
    return changed === null ? [] : [changed];
  });
  return { ...group, items };
}

/** The group with `node` appended to the group at `path`. */
export function appendAt(group: FilterGroup, path: NodePath, node: FilterNode): FilterGroup {
  return changeAt(group, path, (at) => (at.kind === 'group' ? { ...at, items: [...at.items, node] } : at));
}

/** An initial condition on a column: its first operator, without a value. */
export function conditionOn(column: Column): FilterCondition {
  const operator = operatorsOf(column)[0]?.operator ?? 'eq';
  return {
    kind: 'condition',
    path: column.sourcePath.replaceAll('.', '/'),
    operator,
    type: literalTypeOf(column),
    values: valuesFor(operator, []),
    item: isCollection(column) ? '' : null,
    not: false,
  };
}

/** The condition with another operator; keeps the value where possible. */
export function withOperator(condition: FilterCondition, operator: ConditionOperator): FilterCondition {
  return { ...condition, operator, values: valuesFor(operator, condition.values) };
}

function valuesFor(operator: ConditionOperator, values: readonly string[]): readonly string[] {
  if (isUnary(operator)) return [];
  return operator === 'in' ? values : [values[0] ?? ''];
}

/** Whether the path names a structured column, of which a condition uses a nested property: in its path, or for a collection in `item`. */
export function isStructured(path: string, columns: readonly Column[]): boolean {
  const column = columnOf(path, columns);
  return column !== undefined && column.type === 'json' && !/^(?:Collection\()?Edm\./.test(column.edmType);
}

/** Why a draft cannot be checked or saved, in one sentence; null when it is complete or empty. */
export function draftProblem(node: FilterNode, columns: readonly Column[]): string | null {
  if (node.kind === 'condition') return conditionProblem(node, columns);
  return node.items.map((item) => draftProblem(item, columns)).find((problem) => problem !== null) ?? null;
}
