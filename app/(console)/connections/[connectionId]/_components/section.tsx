import { formatCount } from '#lib/domain/format.ts';

interface SectionProps {
  readonly title: string;
  readonly count?: number;
  readonly actions?: React.ReactNode;
  readonly children: React.ReactNode;
}

/** A titled part of the overview. */
export function Section({ title, count, actions, children }: SectionProps) {
  return (
    <section aria-label={title} className="overflow-hidden rounded-lg border bg-card">
      <header className="flex min-h-11 items-center gap-2 border-b px-4 py-1.5">
        <h2 className="text-sm font-semibold">{title}</h2>
        {count === undefined ? null : <span className="text-xs tabular-nums text-muted-foreground">{formatCount(count)}</span>}
        <div className="ml-auto">{actions}</div>
      </header>
      {children}
    </section>
  );
}
