import Link from 'next/link';
import { formatCounted } from '#lib/domain/format.ts';
import { Button } from '../button.tsx';
import { cn } from '../cn.ts';

type ShowAllBarProps = {
  readonly shown: number;
  readonly total: number;
  /** Of one item: `task`. */
  readonly noun: string;
  /** After the numbers. */
  readonly suffix?: string;
  readonly className?: string;
} & ({ readonly onShowAll: () => void } | { /** Where all of them are. */ readonly href: string });

/** Below a list of which only the first items are shown; nothing where all are. */
export function ShowAllBar({ shown, total, noun, suffix = ' shown', className, ...all }: ShowAllBarProps) {
  if (shown === total) return null;
  return (
    <div className={cn('flex flex-wrap items-center gap-3 border-t px-4 py-2 text-sm text-muted-foreground', className)}>
      {shown} of {formatCounted(total, noun)}
      {suffix}
      {'href' in all ? (
        <Button asChild variant="outline" size="sm">
          <Link href={all.href} prefetch={false} scroll={false}>
            Show all
          </Link>
        </Button>
      ) : (
        <Button type="button" variant="outline" size="sm" onClick={all.onShowAll}>
          Show all
        </Button>
      )}
    </div>
  );
}
