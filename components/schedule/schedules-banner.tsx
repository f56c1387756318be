import { PauseCircle } from 'lucide-react';
import { TimeAgo } from '#components/run/time-ago.tsx';
import type { SchedulesPauseDto } from '#lib/domain/schedule/schedule.ts';

/** Shows on every page that schedules are paused. */
export function SchedulesBanner({ pause, children }: { readonly pause: SchedulesPauseDto; readonly children?: React.ReactNode }) {
  if (pause === null) return null;
  return (
    <div
      role="status"
      className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg border border-amber-600/40 bg-amber-500/10 px-4 py-2 text-sm"
    >
      <PauseCircle aria-hidden className="size-4 shrink-0 text-amber-700 dark:text-amber-300" />
      <p className="min-w-0 flex-1">
        All schedules are paused since <TimeAgo at={pause.pausedAt} />, by {pause.pausedBy}. No task starts automatically.
      </p>
      {children}
    </div>
  );
}
