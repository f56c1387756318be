'use client';

import { FolderPlus, Plus, X } from 'lucide-react';
import { Button } from '#components/ui/button.tsx';
import { SegmentedControl } from '#components/ui/form/segmented-control.tsx';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import { EMPTY_FILTER, type FilterGroup, filterableColumns } from '#lib/domain/filter/filter.ts';
import { FilterConditionRow } from './filter-condition-row.tsx';
import { appendAt, changeAt, conditionOn, type NodePath } from './filter-draft.ts';
import { FilterNot } from './filter-not.tsx';

/** Maximum depth of nested groups. */
const DEPTH_MAX = 3;

interface FilterBuilderProps {
  readonly group: FilterGroup;
  readonly columns: readonly Column[];
  readonly disabled: boolean;
  readonly onChange: (group: FilterGroup) => void;
}

/** Editor for conditions and groups of conditions, with the operators that each column supports. */
export function FilterBuilder({ group, columns, disabled, onChange }: FilterBuilderProps) {
  return (
    <fieldset disabled={disabled} className="min-w-0">
      <legend className="sr-only">Conditions</legend>
      <GroupBox root={group} group={group} path={[]} columns={columns} onChange={onChange} />
    </fieldset>
  );
}

interface GroupBoxProps extends Pick<FilterBuilderProps, 'columns' | 'onChange'> {
  readonly root: FilterGroup;
  readonly group: FilterGroup;
  readonly path: NodePath;
}

function GroupBox({ root, group, path, columns, onChange }: GroupBoxProps) {
  const offered = filterableColumns(columns);
  const [first] = offered;
  const place = path.length === 0 ? 'the filter' : `group ${path.map((index) => index + 1).join('.')}`;
  return (
    <div className={`grid gap-2 ${path.length === 0 ? '' : 'rounded-md border bg-muted/30 p-2'}`}>
      {group.items.length > 1 || path.length > 0 ? <GroupHead {...{ root, group, path, place, onChange }} /> : null}
      {group.items.map((item, index) => {
        const at = [...path, index];
        const key = at.join('.');
        return item.kind === 'group' ? (
          <GroupBox key={key} root={root} group={item} path={at} columns={columns} onChange={onChange} />
        ) : (
          <FilterConditionRow
            key={key}
            condition={item}
            columns={columns}
            offered={offered}
            place={key}
            onChange={(condition) => onChange(changeAt(root, at, () => condition))}
          />
        );
      })}
      <div className="flex flex-wrap gap-1">
        <Button
          variant="ghost"
          size="sm"
          disabled={first === undefined}
          onClick={() => first !== undefined && onChange(appendAt(root, path, conditionOn(first)))}
        >
          <Plus aria-hidden />
          Condition
        </Button>
        {path.length < DEPTH_MAX - 1 && group.items.length > 0 ? (
          <Button
            variant="ghost"
            size="sm"
            disabled={first === undefined}
            onClick={() =>
              first !== undefined &&
              onChange(
                appendAt(root, path, { ...EMPTY_FILTER, join: group.join === 'and' ? 'or' : 'and', items: [conditionOn(first)] }),
              )
            }
          >
            <FolderPlus aria-hidden />
            Group
          </Button>
        ) : null}
        {first === undefined ? (
          <p className="text-xs text-muted-foreground">
            Microsoft does not document which properties of this dataset support filters. Write the filter as text. Entrada checks
            it with Graph.
          </p>
        ) : null}
      </div>
    </div>
  );
}

interface GroupHeadProps extends Pick<GroupBoxProps, 'root' | 'group' | 'path' | 'onChange'> {
  readonly place: string;
}

function GroupHead({ root, group, path, place, onChange }: GroupHeadProps) {
  const change = (over: Partial<FilterGroup>) =>
    onChange(changeAt(root, path, (node) => (node.kind === 'group' ? { ...node, ...over } : node)));
  return (
    <div className="flex flex-wrap items-center gap-3">
      <SegmentedControl
        label={`How the conditions of ${place} join`}
        value={group.join}
        options={[
          { value: 'and', label: 'all of' },
          { value: 'or', label: 'any of' },
        ]}
        onValueChange={(join) => change({ join })}
      />
      <FilterNot what={place} not={group.not} onChange={(not) => change({ not })} />
      {path.length === 0 ? null : (
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={`Remove ${place}`}
          className="ml-auto"
          onClick={() => onChange(changeAt(root, path, () => null))}
        >
          <X aria-hidden />
        </Button>
      )}
    </div>
  );
}
