import { SegmentedControl } from './segmented-control.tsx';

interface CountedFilterProps<V extends string> {
  readonly label: string;
  readonly value: V;
  /** `count`: number of items that the option shows. */
  readonly options: readonly { readonly value: V; readonly label: string; readonly count: number }[];
  readonly onValueChange: (value: V) => void;
}

/** Chooses which items of a list are shown; scrolls sideways where there is little room. */
export function CountedFilter<V extends string>({ label, value, options, onValueChange }: CountedFilterProps<V>) {
  return (
    <div className="max-w-full overflow-x-auto">
      <SegmentedControl
        label={label}
        value={value}
        onValueChange={onValueChange}
        options={options.map((option) => ({
          value: option.value,
          label: (
            <span className="whitespace-nowrap">
              {option.label} <span className="text-xs text-muted-foreground tabular-nums">{option.count}</span>
            </span>
          ),
        }))}
      />
    </div>
  );
}
