import { CopyButton } from '#components/ui/copy-button.tsx';

interface FilterTextProps {
  readonly text: string;
  /** What is still missing. */
  readonly problem: string | null;
}

/** The `$filter` that the conditions make. */
export function FilterText({ text, problem }: FilterTextProps) {
  return (
    <div className="rounded-md border bg-muted/50">
      <div className="flex items-start gap-2 px-3 py-1.5">
        <span className="pt-1 font-mono text-xs text-muted-foreground">$filter=</span>
        <output aria-label="Resulting $filter" className="min-h-6 min-w-0 flex-1 py-1 font-mono text-xs leading-4 break-all">
          {text}
        </output>
        {text === '' ? null : <CopyButton value={text} label="Copy the filter" />}
      </div>
      {problem === null ? null : <p className="border-t px-3 py-1 text-xs text-warning">{problem}</p>}
    </div>
  );
}
