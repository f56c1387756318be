import { Hourglass } from 'lucide-react';
import type { RunWait } from '#lib/domain/run/run.ts';
import { TimeAgo } from './time-ago.tsx';

/** What a whole run waits for, since when, and until when. */
export function RunWaitNotice({ wait, className = '' }: { readonly wait: RunWait; readonly className?: string }) {
  return (
    <p
      role="status"
      className={`flex gap-2.5 rounded-md border border-amber-600/30 bg-amber-500/10 p-3 text-sm text-amber-900 dark:text-amber-200 ${className}`}
    >
      <Hourglass aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>
        <span className="font-medium">
          Waiting for data gateway {wait.name} since <TimeAgo at={wait.since} exact />
        </span>
        {wait.until === null ? '.' : <Until at={wait.until} />} Start the process of the gateway, or open the page of the gateway
        to see why it is not connected.
      </span>
    </p>
  );
}

function Until({ at }: { readonly at: string }) {
  return (
    <>
      ; the run ends at <TimeAgo at={at} exact /> unless it connects.
    </>
  );
}
