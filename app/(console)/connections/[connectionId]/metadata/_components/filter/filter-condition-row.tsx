'use client';

import { X } from 'lucide-react';
import { Button } from '#components/ui/button.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/form/select.tsx';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import {
  type ConditionOperator,
  columnOf,
  type FilterCondition,
  isCollection,
  isUnary,
  operatorsOf,
} from '#lib/domain/filter/filter.ts';
import { FilterColumnField } from './filter-column-field.tsx';
import { conditionOn, isStructured, withOperator } from './filter-draft.ts';
import { FilterNot } from './filter-not.tsx';
import { FilterValueField } from './filter-value-field.tsx';

const OPERATOR_LABEL = {
  eq: 'is',
  ne: 'is not',
  in: 'is one of',
  ge: 'at least',
  le: 'at most',
  gt: 'more than',
  lt: 'less than',
  startsWith: 'starts with',
  endsWith: 'ends with',
  contains: 'contains',
  isNull: 'is empty (null)',
  isNotNull: 'is not empty',
} as const satisfies Record<ConditionOperator, string>;

interface FilterConditionRowProps {
  readonly condition: FilterCondition;
  readonly columns: readonly Column[];
  readonly offered: readonly Column[];
  /** Position for screen readers: `0.1`. */
  readonly place: string;
  readonly onChange: (condition: FilterCondition | null) => void;
}

/** One condition: property, operator, value. */
export function FilterConditionRow({ condition, columns, offered, place, onChange }: FilterConditionRowProps) {
  const column = columnOf(condition.path, columns);
  const operators = column === undefined ? [] : operatorsOf(column);
  return (
    <div className="flex flex-wrap items-center gap-1.5 rounded-md border bg-card p-1.5">
      <FilterColumnField
        label={`Property of condition ${place}`}
        columns={offered}
        value={condition.path}
        onPick={(picked) => onChange(conditionOn(picked))}
      />
      {column !== undefined && isStructured(condition.path, columns) ? (
        <SubProperty condition={condition} column={column} place={place} onChange={onChange} />
      ) : null}
      {isCollection(column ?? { edmType: '' }) ? <span className="text-xs text-muted-foreground">has any that</span> : null}
      <Select
        value={condition.operator}
        onValueChange={(value) => {
          const picked = operators.find(({ operator }) => operator === value);
          if (picked !== undefined) onChange(withOperator(condition, picked.operator));
        }}
      >
        <SelectTrigger aria-label={`Operator of condition ${place}`} className="w-36">
          <SelectValue placeholder={condition.operator} />
        </SelectTrigger>
        <SelectContent>
          {operators.map(({ operator, advanced }) => (
            <SelectItem key={operator} value={operator}>
              {OPERATOR_LABEL[operator]}
              {advanced ? <span className="text-xs text-muted-foreground"> advanced</span> : null}
            </SelectItem>
          ))}
        </SelectContent>
      </Select>
      {isUnary(condition.operator) ? null : (
        <FilterValueField
          label={`Value of condition ${place}`}
          condition={condition}
          enumValues={column?.enumValues ?? null}
          onChange={(values) => onChange({ ...condition, values })}
        />
      )}
      <span className="ml-auto flex items-center gap-1">
        <FilterNot what={`condition ${place}`} not={condition.not} onChange={(not) => onChange({ ...condition, not })} />
        <Button variant="ghost" size="icon-sm" aria-label={`Remove condition ${place}`} onClick={() => onChange(null)}>
          <X aria-hidden />
        </Button>
      </span>
    </div>
  );
}

interface SubPropertyProps extends Pick<FilterConditionRowProps, 'condition' | 'place'> {
  readonly column: Column;
  readonly onChange: (condition: FilterCondition) => void;
}

/** The property below a complex one, or that of a collection's items. */
function SubProperty({ condition, column, place, onChange }: SubPropertyProps) {
  const base = column.sourcePath.replaceAll('.', '/');
  const collection = isCollection(column);
  const value = collection ? (condition.item ?? '') : condition.path.slice(base.length + 1);
  return (
    <Input
      aria-label={`Property below ${column.name} in condition ${place}`}
      placeholder={collection ? 'property of an item' : 'property below'}
      value={value}
      spellCheck={false}
      onChange={(event) => {
        const name = event.target.value.replace(/[^\w/]/g, '');
        onChange(collection ? { ...condition, item: name } : { ...condition, path: name === '' ? base : `${base}/${name}` });
      }}
      className="w-40 font-mono text-xs"
    />
  );
}
