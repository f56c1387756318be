import { CalendarClock } from 'lucide-react';
import Link from 'next/link';
import { FiringList } from '#components/schedule/firing-list.tsx';
import { PlannedTime } from '#components/schedule/planned-time.tsx';
import { Button } from '#components/ui/button.tsx';
import type { ScheduleDto } from '#lib/domain/schedule/schedule.ts';

interface TaskScheduleProps {
  readonly taskId: string;
  readonly schedule: ScheduleDto | null;
  readonly canEdit: boolean;
}

/** The schedule of a task: a sentence, its next times, and the results of the last ones. */
export function TaskSchedule({ taskId, schedule, canEdit }: TaskScheduleProps) {
  return (
    <section aria-label="Schedule" className="overflow-hidden rounded-lg border bg-card">
      <div className="flex min-h-11 items-center gap-2 border-b px-4">
        <h2 className="flex-1 text-sm font-semibold">Schedule</h2>
        {canEdit ? (
          <Button asChild variant="outline" size="sm">
            <Link href={`/tasks/${taskId}/schedule`}>
              <CalendarClock aria-hidden />
              {schedule === null ? 'Set a schedule' : 'Edit schedule'}
            </Link>
          </Button>
        ) : null}
      </div>
      {schedule === null ? (
        <p className="px-4 py-3 text-sm text-muted-foreground">This task has no schedule.</p>
      ) : (
        <>
          <p className="px-4 pt-3 text-sm">
            {schedule.sentence}
            {schedule.enabled ? null : <span className="text-muted-foreground"> (off)</span>}
          </p>
          <NextTimes next={schedule.next} timeZone={schedule.timeZone} />
          {schedule.firings.length === 0 ? null : (
            <details className="border-t">
              <summary className="cursor-pointer px-4 py-2 text-xs text-muted-foreground outline-none hover:text-foreground focus-visible:ring-2 focus-visible:ring-inset focus-visible:ring-ring">
                Last planned times
              </summary>
              <FiringList firings={schedule.firings} timeZone={schedule.timeZone} />
            </details>
          )}
        </>
      )}
    </section>
  );
}

/** The next planned times, if there are any. */
export function NextTimes({ next, timeZone }: { readonly next: readonly string[]; readonly timeZone: string }) {
  if (next.length === 0) return <div className="pb-3" />;
  return (
    <div className="px-4 pt-1 pb-3">
      <h3 className="text-xs text-muted-foreground">Next {next.length === 1 ? 'time' : `${next.length} times`}</h3>
      <ol className="mt-0.5 text-xs tabular-nums">
        {next.map((at) => (
          <li key={at}>
            <PlannedTime at={at} timeZone={timeZone} />
          </li>
        ))}
      </ol>
    </div>
  );
}
