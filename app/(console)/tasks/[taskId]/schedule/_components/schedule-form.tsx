'use client';

import { useRouter } from 'next/navigation';
import { useId, useState, useTransition } from 'react';
import { toast } from 'sonner';
import { ConfirmButton } from '#components/run/confirm-button.tsx';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { Checkbox } from '#components/ui/form/checkbox.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { OptionSelect } from '#components/ui/form/option-select.tsx';
import type { ActionResult, Problem } from '#lib/domain/problem.ts';
import type { ScheduleDto } from '#lib/domain/schedule/schedule.ts';
import type { MissedRuns } from '#lib/domain/schedule/schedule-rule.ts';
import type { SaveScheduleInput } from '#lib/services/schedule/save-schedule.ts';

import { RuleFields } from './rule-fields.tsx';
import { type PreviewSchedule, SchedulePreview } from './schedule-preview.tsx';
import { type RuleKind, ruleOf, type ScheduleValues, valuesOfSchedule } from './schedule-values.ts';

interface ScheduleFormProps {
  readonly taskId: string;
  readonly schedule: ScheduleDto | null;
  readonly otherTasks: readonly { readonly id: string; readonly name: string }[];
  readonly timeZones: readonly string[];
  readonly save: (input: SaveScheduleInput) => Promise<ActionResult<null>>;
  readonly remove: (input: { taskId: string }) => Promise<ActionResult<null>>;
  readonly preview: PreviewSchedule;
}

const KINDS: readonly (readonly [RuleKind, string])[] = [
  ['minutes', 'Every few minutes'],
  ['hourly', 'Every few hours'],
  ['daily', 'Every day or weekday'],
  ['monthly', 'Every month'],
  ['weekly', 'Hours of the week'],
  ['event', 'After another task'],
  ['cron', 'Cron expression'],
  ['rrule', 'Recurrence rule (RRULE)'],
];

const MISSED: readonly (readonly [MissedRuns, string])[] = [
  ['run-once', 'Run once, as soon as a worker runs again'],
  ['skip', 'Skip them'],
];

/** Form of a schedule, with a preview of its meaning during typing. */
export function ScheduleForm(props: ScheduleFormProps) {
  const { taskId, schedule, otherTasks, timeZones, save, remove, preview } = props;
  const router = useRouter();
  const id = useId();
  const [values, setValues] = useState(() => valuesOfSchedule(schedule, Intl.DateTimeFormat().resolvedOptions().timeZone));
  const [problem, setProblem] = useState<Problem | null>(null);
  const [pending, run] = useTransition();
  const change = (next: Partial<ScheduleValues>) => {
    setProblem(null);
    setValues((before) => ({ ...before, ...next }));
  };
  const kinds = otherTasks.length === 0 ? KINDS.filter(([kind]) => kind !== 'event') : KINDS;

  const submit = () =>
    run(async () => {
      const { timeZone, missedRuns, enabled } = values;
      const saved = await save({
        taskId,
        version: schedule?.version ?? null,
        rule: ruleOf(values),
        timeZone,
        missedRuns,
        enabled,
      });
      if (!saved.ok) {
        setProblem(saved.problem);
        return;
      }
      toast.success('Schedule saved');
      router.push(`/tasks/${taskId}`);
    });

  return (
    <form
      className="grid max-w-5xl items-start gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="grid gap-4">
        <OptionSelect
          label="Starts"
          value={values.kind}
          options={kinds}
          onChange={(kind) => change({ kind: kind as RuleKind })}
        />
        <RuleFields values={values} otherTasks={otherTasks} onChange={change} />
        {values.kind === 'event' ? null : (
          <>
            <Field label="Time zone" hint="A name of the IANA time zone database, e.g. Europe/Berlin.">
              <Input
                value={values.timeZone}
                list={`${id}-zones`}
                onChange={(event) => change({ timeZone: event.target.value })}
                autoComplete="off"
                spellCheck={false}
              />
            </Field>
            <datalist id={`${id}-zones`}>
              {timeZones.map((zone) => (
                <option key={zone} value={zone} />
              ))}
            </datalist>
            <OptionSelect
              label="Times at which no worker ran"
              value={values.missedRuns}
              options={MISSED}
              onChange={(missedRuns) => change({ missedRuns: missedRuns as MissedRuns })}
            />
          </>
        )}
        <div className="flex items-center gap-2.5">
          <Checkbox id={`${id}-on`} checked={values.enabled} onCheckedChange={(on) => change({ enabled: on === true })} />
          <label htmlFor={`${id}-on`} className="text-sm">
            The schedule is on
          </label>
        </div>
        {problem === null ? null : <ProblemAlert problem={problem} />}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" disabled={pending}>
            Save schedule
          </Button>
          <Button type="button" variant="outline" onClick={() => router.push(`/tasks/${taskId}`)} disabled={pending}>
            Cancel
          </Button>
          {schedule === null ? null : (
            <ConfirmButton
              label="Delete schedule"
              variant="ghost"
              title="Delete the schedule?"
              description="Entrada keeps the task and deletes its schedule and the record of its planned times."
              onConfirm={async () => {
                const result = await remove({ taskId });
                if (!result.ok) return result.problem;
                router.push(`/tasks/${taskId}`);
                return null;
              }}
            />
          )}
        </div>
      </div>
      <SchedulePreview rule={ruleOf(values)} timeZone={values.timeZone} preview={preview} />
    </form>
  );
}
