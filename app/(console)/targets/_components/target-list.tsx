import Link from 'next/link';
import { formatCounted } from '#lib/domain/format.ts';
import type { TargetDto } from '#lib/domain/target/target.ts';
import { LastTest } from './last-test.tsx';

/** Targets, one line each: kind, location, number of tasks, and result of the last test. */
export function TargetList({ targets }: { readonly targets: readonly TargetDto[] }) {
  return (
    <ul className="divide-y">
      {targets.map((target) => (
        <li key={target.id} className="relative flex flex-wrap items-center gap-x-6 gap-y-1.5 px-4 py-2.5 hover:bg-muted/40">
          <div className="min-w-52 flex-[2_1_0%]">
            <Link
              href={`/targets/${target.id}`}
              className="rounded-sm text-sm font-medium outline-none after:absolute after:inset-0 focus-visible:ring-2 focus-visible:ring-ring"
            >
              {target.name}
            </Link>
            <p className="truncate font-mono text-xs text-muted-foreground" title={target.location}>
              {target.location}
            </p>
          </div>
          <div className="min-w-36 flex-1">
            <p className="text-sm">{target.kindTitle}</p>
            <p className="text-xs text-muted-foreground">
              {target.builtIn ? 'Built in · ' : ''}
              {target.taskCount === 0 ? 'Not used' : `Used by ${formatCounted(target.taskCount, 'task')}`}
            </p>
          </div>
          <div className="min-w-36 flex-1">
            <LastTest test={target.lastTest} />
          </div>
        </li>
      ))}
    </ul>
  );
}
