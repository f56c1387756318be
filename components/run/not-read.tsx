import { AlertTriangle } from 'lucide-react';
import { cn } from '#components/ui/cn.ts';
import { formatCount } from '#lib/domain/format.ts';
import {
  isNotRead,
  type NotRead as NotReadFacts,
  PARENTS_NAMED_MAX,
  rejectedMessage,
  unprovenMessage,
} from '#lib/domain/run/not-read.ts';
import type { RejectedRows, UnprovenParents, UnreadColumn } from '#lib/domain/run/run.ts';
import { TimeAgo } from './time-ago.tsx';

interface NotReadProps extends NotReadFacts {
  /** Name of the dataset. */
  readonly dataset: string;
  readonly className?: string;
}

/** Columns, parents and rows that a run could not read: which, since when, the reason, and the remedy. Renders nothing when it read everything. */
export function NotRead({ unread, unproven, rejected, dataset, className }: NotReadProps) {
  if (!isNotRead({ unread, unproven, rejected })) return null;
  return (
    <section
      aria-label="Could not be read"
      className={cn('flex gap-2.5 rounded-md border border-amber-600/30 bg-amber-500/5 p-3 text-sm whitespace-normal', className)}
    >
      <AlertTriangle aria-hidden className="mt-0.5 size-4 shrink-0 text-amber-700 dark:text-amber-300" />
      <div className="min-w-0 flex-1 space-y-2">
        {unread.length === 0 ? null : <UnreadColumns unread={unread} />}
        {unproven.count === 0 ? null : <UnprovenRows unproven={unproven} />}
        {rejected.count === 0 ? null : <SetAsideRows rejected={rejected} dataset={dataset} />}
      </div>
    </section>
  );
}

function UnreadColumns({ unread }: { readonly unread: readonly UnreadColumn[] }) {
  return (
    <div className="space-y-1">
      <p className="font-medium text-amber-800 dark:text-amber-200">Could not be read</p>
      <ul className="space-y-1">
        {unread.map(({ name, since, reason }) => (
          <li key={name} className="break-words">
            <code className="font-mono text-xs font-medium">{name}</code>{' '}
            <span className="text-muted-foreground">
              since <TimeAgo at={since} />.
            </span>{' '}
            {reason}
          </li>
        ))}
      </ul>
      <p className="text-xs text-muted-foreground">Entrada neither compared nor changed these columns.</p>
    </div>
  );
}

function UnprovenRows({ unproven }: { readonly unproven: UnprovenParents }) {
  const named = unproven.parents.slice(0, PARENTS_NAMED_MAX);
  const more = unproven.count - named.length;
  return (
    <div className="space-y-1">
      <p className="font-medium text-amber-800 dark:text-amber-200">{unprovenMessage(unproven)}</p>
      <ul className="space-y-0.5">
        {named.map(({ id, reason }) => (
          <li key={id} className="break-words">
            <code className="font-mono text-xs">{id}</code> <span className="text-muted-foreground">{reason}</span>
          </li>
        ))}
        {more > 0 ? <li className="text-muted-foreground">and {formatCount(more)} more</li> : null}
      </ul>
    </div>
  );
}

function SetAsideRows({ rejected, dataset }: { readonly rejected: RejectedRows; readonly dataset: string }) {
  const named = rejected.rows.slice(0, PARENTS_NAMED_MAX);
  const more = rejected.count - named.length;
  return (
    <div className="space-y-1">
      <p className="font-medium text-amber-800 dark:text-amber-200">{rejectedMessage(rejected, dataset)}</p>
      <ul className="space-y-0.5">
        {named.map(({ key, column, reason }) => (
          <li key={`${key} ${column} ${reason}`} className="break-words">
            {key === '' ? 'A row without a readable key' : <code className="font-mono text-xs">{key}</code>}{' '}
            <span className="text-muted-foreground">{reason}</span>
          </li>
        ))}
        {more > 0 ? <li className="text-muted-foreground">and {formatCount(more)} more</li> : null}
      </ul>
    </div>
  );
}
