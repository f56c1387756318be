import { cn } from './cn.ts';
import { CopyButton } from './copy-button.tsx';

/** Text to copy and use unchanged. `label` describes it. */
export function CodeBlock({
  code,
  label,
  wrap = false,
  className,
}: {
  readonly code: string;
  readonly label: string;
  readonly wrap?: boolean;
  readonly className?: string;
}) {
  return (
    <div className={cn('relative min-w-0 rounded-md border bg-muted/60', className)}>
      <section
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable by keyboard
        tabIndex={0}
        className="max-h-64 overflow-auto rounded-md p-2.5 pr-10 focus-visible:-outline-offset-2"
      >
        <pre className={cn('font-mono text-xs leading-relaxed', wrap && 'break-all whitespace-pre-wrap')}>{code}</pre>
      </section>
      <CopyButton value={code} label={`Copy ${label}`} className="absolute top-1 right-1 bg-card" />
    </div>
  );
}
