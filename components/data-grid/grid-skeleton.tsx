import { Skeleton } from '#components/ui/feedback/skeleton.tsx';

const LINES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];

/** Placeholder of a data grid. `label`: what is being loaded. */
export function GridSkeleton({ label }: { readonly label: string }) {
  return (
    <div role="status" aria-label={label} className="flex min-h-0 flex-1 flex-col overflow-hidden rounded-lg border bg-card">
      <div className="flex h-10 items-center border-b px-3 text-xs text-muted-foreground">{label}…</div>
      <div className="h-11 border-b bg-muted" />
      {LINES.map((line) => (
        <div key={line} className="flex h-[30px] items-center gap-6 border-b border-border/60 px-3">
          <Skeleton className="h-3 w-8" />
          <Skeleton className="h-3 w-40" />
          <Skeleton className="h-3 w-56" />
          <Skeleton className="hidden h-3 w-32 sm:block" />
          <Skeleton className="hidden h-3 w-48 md:block" />
        </div>
      ))}
    </div>
  );
}
