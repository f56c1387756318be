'use client';

import { useEffect, useState } from 'react';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import type { ActionResult } from '#lib/domain/problem.ts';
import type { SchedulePreviewDto } from '#lib/domain/schedule/schedule.ts';
import type { ScheduleRule } from '#lib/domain/schedule/schedule-rule.ts';
import { NextTimes } from '../../_components/task-schedule.tsx';

export type PreviewSchedule = (input: { rule: ScheduleRule; timeZone: string }) => Promise<ActionResult<SchedulePreviewDto>>;

interface SchedulePreviewProps {
  readonly rule: ScheduleRule;
  readonly timeZone: string;
  readonly preview: PreviewSchedule;
}

/** Pause in typing after which the preview is requested, milliseconds. */
const PAUSE_MS = 300;

/** The meaning of the rule: a sentence, and its next five times. */
export function SchedulePreview({ rule, timeZone, preview }: SchedulePreviewProps) {
  const [shown, setShown] = useState<{ readonly result: ActionResult<SchedulePreviewDto>; readonly timeZone: string } | null>(
    null,
  );
  const asked = JSON.stringify({ rule, timeZone });
  useEffect(() => {
    let isCurrent = true;
    const show = async (): Promise<void> => {
      const input: { rule: ScheduleRule; timeZone: string } = JSON.parse(asked);
      if (input.rule.kind === 'event' && input.rule.afterTaskId === ('' as string)) {
        setShown(null);
        return;
      }
      const result = await preview(input);
      if (isCurrent) setShown({ result, timeZone: input.timeZone });
    };
    const timer = setTimeout(() => void show(), PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [asked, preview]);
  return (
    <section aria-label="Preview" aria-live="polite" className="rounded-lg border bg-card">
      <h2 className="border-b px-4 py-3 text-sm font-semibold">What this means</h2>
      {shown === null ? (
        <p className="px-4 py-3 text-sm text-muted-foreground">The next times are shown here.</p>
      ) : shown.result.ok ? (
        <>
          <p className="px-4 pt-3 text-sm">{shown.result.value.sentence}</p>
          <NextTimes next={shown.result.value.next} timeZone={shown.timeZone} />
        </>
      ) : (
        <ProblemAlert problem={shown.result.problem} className="m-4" />
      )}
    </section>
  );
}
