import { CircleCheck, CircleX } from 'lucide-react';
import { TimeAgo } from '#components/run/time-ago.tsx';
import type { TargetDto } from '#lib/domain/target/target.ts';

/** Result of the last test of a target. */
export function LastTest({ test }: { readonly test: TargetDto['lastTest'] }) {
  if (test === null) return <p className="text-xs text-muted-foreground">Never tested</p>;
  return (
    <>
      <p className="flex items-center gap-1.5 text-sm">
        {test.passed ? (
          <CircleCheck aria-hidden className="size-4 shrink-0 text-emerald-700 dark:text-emerald-300" />
        ) : (
          <CircleX aria-hidden className="size-4 shrink-0 text-destructive" />
        )}
        {test.passed ? 'Test passed' : 'Test failed'}
      </p>
      <p className="text-xs text-muted-foreground">
        <TimeAgo at={test.at} />
      </p>
    </>
  );
}
