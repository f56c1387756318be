'use client';

import { X } from 'lucide-react';
import { useId } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/form/checkbox.tsx';
import { Label } from '#components/ui/form/label.tsx';
import { SegmentedControl } from '#components/ui/form/segmented-control.tsx';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/form/select.tsx';
import { naturalTypeOf, typeChoices } from '#lib/domain/dataset/column-type.ts';
import { type Column, ColumnType } from '#lib/domain/dataset/dataset.ts';
import { type ColumnEdit, conflictOf } from './column-edits.ts';
import { columnFacts } from './column-facts.ts';

interface ColumnDetailsProps {
  readonly column: Column;
  readonly columns: readonly Column[];
  /** The child table that the items of this column can be stored in; null where there is none. */
  readonly childTable: string | null;
  readonly onEdit: ((change: Omit<ColumnEdit, 'sourcePath'>, words: string) => void) | null;
  readonly onClose: () => void;
}

/** Facts and settings of one column, docked below the table. */
export function ColumnDetails({ column, columns, childTable, onEdit, onClose }: ColumnDetailsProps) {
  const conflict = conflictOf(column, columns);
  return (
    <section
      aria-label={`Details of column ${column.name}`}
      className="flex max-h-[55%] min-h-44 shrink-0 flex-col border-t bg-background"
    >
      <div className="flex items-center gap-2 border-b px-3 py-1">
        <h3 className="min-w-0 flex-1 truncate text-sm font-medium">{column.name}</h3>
        <Button variant="ghost" size="icon-sm" aria-label="Close details" onClick={onClose}>
          <X aria-hidden />
        </Button>
      </div>
      <div className="min-h-0 flex-1 space-y-3 overflow-y-auto p-3">
        {column.description === null ? null : <p className="max-w-prose text-sm">{column.description}</p>}
        {conflict === null ? null : <p className="text-sm text-warning">{conflict}</p>}
        <div className="flex flex-wrap items-end gap-x-5 gap-y-3">
          <TypeChoice column={column} onEdit={onEdit} />
          {childTable === null ? null : <NestedChoice column={column} childTable={childTable} onEdit={onEdit} />}
          <Flag
            label="Nullable"
            checked={column.nullable}
            disabled={onEdit === null || column.key}
            onChange={(nullable) => onEdit?.({ nullable }, `${column.name} is ${nullable ? '' : 'not '}nullable`)}
          />
          <Flag
            label="Part of the key"
            checked={column.key}
            disabled={onEdit === null || (column.key && columns.filter((other) => other.key).length === 1)}
            onChange={(key) => onEdit?.({ key }, `${column.name} is ${key ? '' : 'no longer '}part of the key`)}
          />
        </div>
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-xs sm:grid-cols-[auto_minmax(0,1fr)_auto_minmax(0,1fr)]">
          {columnFacts(column).map(({ term, value, mono }) => (
            <div key={term} className="contents">
              <dt className="text-muted-foreground">{term}</dt>
              <dd className={`min-w-0 break-words ${mono ? 'font-mono' : ''}`}>{value}</dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  );
}

type EditorProps = Pick<ColumnDetailsProps, 'column' | 'onEdit'>;

function TypeChoice({ column, onEdit }: EditorProps) {
  const choices = typeChoices(column);
  const natural = naturalTypeOf(column);
  return (
    <div className="grid gap-1">
      <span className="text-xs text-muted-foreground">Type</span>
      <Select
        value={column.type}
        disabled={onEdit === null || choices.length === 1}
        onValueChange={(value) => {
          const type = ColumnType.parse(value);
          onEdit?.({ type }, `${column.name} is ${type}`);
        }}
      >
        <SelectTrigger aria-label="Type" className="w-56 font-mono text-xs">
          <SelectValue />
        </SelectTrigger>
        <SelectContent>
          {choices.map((type) => (
            <SelectItem key={type} value={type} className="font-mono text-xs">
              {type === natural ? `${type} (as in Graph)` : type}
            </SelectItem>
          ))}
        </SelectContent>
      </Select>
    </div>
  );
}

function NestedChoice({ column, childTable, onEdit }: EditorProps & { readonly childTable: string }) {
  return (
    <div className="grid gap-1">
      <span className="text-xs text-muted-foreground">Items as</span>
      <SegmentedControl
        label="Items as"
        value={column.nested}
        options={[
          { value: 'json', label: 'JSON column' },
          { value: 'child', label: 'Child table' },
        ]}
        onValueChange={(nested) =>
          onEdit?.(
            { nested, selected: nested === 'json' },
            nested === 'json' ? `${column.name} is a JSON column` : `${column.name} goes to the table ${childTable}`,
          )
        }
        className={onEdit === null ? 'pointer-events-none opacity-60' : ''}
      />
    </div>
  );
}

interface FlagProps {
  readonly label: string;
  readonly checked: boolean;
  readonly disabled: boolean;
  readonly onChange: (checked: boolean) => void;
}

function Flag({ label, checked, disabled, onChange }: FlagProps) {
  const id = useId();
  return (
    <div className="flex h-8 items-center gap-2">
      <Checkbox id={id} checked={checked} disabled={disabled} onCheckedChange={(value) => onChange(value === true)} />
      <Label htmlFor={id}>{label}</Label>
    </div>
  );
}
