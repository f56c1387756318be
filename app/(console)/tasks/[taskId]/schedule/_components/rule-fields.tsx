import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { OptionSelect } from '#components/ui/form/option-select.tsx';
import { RUN_STATE_LABEL } from '#lib/domain/run/run.ts';
import { HOUR_STEPS, MINUTE_STEPS } from '#lib/domain/schedule/schedule-rule.ts';

import type { EndState, ScheduleValues } from './schedule-values.ts';
import { WeekGrid } from './week-grid.tsx';

interface RuleFieldsProps {
  readonly values: ScheduleValues;
  readonly otherTasks: readonly { readonly id: string; readonly name: string }[];
  readonly onChange: (next: Partial<ScheduleValues>) => void;
}

const END_STATES: readonly EndState[] = ['done', 'partial', 'failed', 'cancelled'];
const MINUTES = MINUTE_STEPS.map((step) => [String(step), step === 1 ? 'Every minute' : `Every ${step} minutes`] as const);
const HOURS = HOUR_STEPS.map((step) => [String(step), step === 1 ? 'Every hour' : `Every ${step} hours`] as const);

/** Fields of the chosen kind of rule. */
export function RuleFields({ values, otherTasks, onChange }: RuleFieldsProps) {
  switch (values.kind) {
    case 'minutes':
      return (
        <OptionSelect
          label="How often"
          value={values.everyMinutes}
          options={MINUTES}
          onChange={(everyMinutes) => onChange({ everyMinutes })}
        />
      );
    case 'hourly':
      return (
        <>
          <OptionSelect
            label="How often"
            value={values.everyHours}
            options={HOURS}
            onChange={(everyHours) => onChange({ everyHours })}
          />
          <MinuteField values={values} onChange={onChange} />
        </>
      );
    case 'daily':
      return (
        <>
          <OptionSelect
            label="On"
            value={values.weekdaysOnly ? 'weekdays' : 'all'}
            options={[
              ['all', 'Every day'],
              ['weekdays', 'Monday to Friday'],
            ]}
            onChange={(days) => onChange({ weekdaysOnly: days === 'weekdays' })}
          />
          <TimeField values={values} onChange={onChange} />
        </>
      );
    case 'monthly':
      return (
        <>
          <Field label="Day of the month" hint="In months without this day, the task runs on the last day.">
            <Input
              type="number"
              min={1}
              max={31}
              value={values.day}
              onChange={(event) => onChange({ day: event.target.value })}
              className="w-24"
            />
          </Field>
          <TimeField values={values} onChange={onChange} />
        </>
      );
    case 'weekly':
      return (
        <>
          <WeekGrid hours={values.hours} onChange={(hours) => onChange({ hours })} />
          <MinuteField values={values} onChange={onChange} />
        </>
      );
    case 'cron':
      return (
        <Field label="Cron expression" hint="Five fields: minute, hour, day of month, month, day of week.">
          <Input
            value={values.expression}
            onChange={(event) => onChange({ expression: event.target.value })}
            className="font-mono"
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
      );
    case 'rrule':
      return <RecurrenceFields values={values} onChange={onChange} />;
    case 'event':
      return <EventFields values={values} otherTasks={otherTasks} onChange={onChange} />;
  }
}

type Fields = Omit<RuleFieldsProps, 'otherTasks'>;

function TimeField({ values, onChange }: Fields) {
  return (
    <Field label="Time">
      <Input type="time" value={values.time} onChange={(event) => onChange({ time: event.target.value })} className="w-32" />
    </Field>
  );
}

function MinuteField({ values, onChange }: Fields) {
  return (
    <Field label="Minute of the hour">
      <Input
        type="number"
        min={0}
        max={59}
        value={values.minute}
        onChange={(event) => onChange({ minute: event.target.value })}
        className="w-24"
      />
    </Field>
  );
}

function RecurrenceFields({ values, onChange }: Fields) {
  return (
    <>
      <Field
        label="Recurrence rule"
        hint="A rule of RFC 5545, as in Qlik: RRULE:FREQ=WEEKLY;BYDAY=MO,WE;BYHOUR=6;BYMINUTE=30;BYSECOND=0. A line with DTSTART may come first."
      >
        <textarea
          value={values.text}
          onChange={(event) => onChange({ text: event.target.value })}
          rows={3}
          spellCheck={false}
          className="w-full rounded-md border bg-background px-3 py-2 font-mono text-sm outline-none focus-visible:ring-2 focus-visible:ring-ring"
        />
      </Field>
      <Field label="Counts from" optional hint="For a rule without DTSTART: the local time at which the intervals start.">
        <Input
          type="datetime-local"
          value={values.start}
          onChange={(event) => onChange({ start: event.target.value })}
          className="w-56"
        />
      </Field>
    </>
  );
}

function EventFields({ values, otherTasks, onChange }: RuleFieldsProps) {
  const toggle = (state: EndState, on: boolean) =>
    onChange({ states: END_STATES.filter((other) => (other === state ? on : values.states.includes(other))) });
  return (
    <>
      <OptionSelect
        label="Task"
        value={values.afterTaskId}
        options={otherTasks.map(({ id, name }) => [id, name])}
        onChange={(afterTaskId) => onChange({ afterTaskId })}
      />
      <fieldset className="grid gap-1.5">
        <legend className="mb-1.5 text-sm font-medium">When its run has ended as</legend>
        {END_STATES.map((state) => (
          <label key={state} className="flex items-center gap-2 text-sm">
            <input
              type="checkbox"
              checked={values.states.includes(state)}
              onChange={(event) => toggle(state, event.target.checked)}
              className="size-4 accent-primary"
            />
            {RUN_STATE_LABEL[state]}
          </label>
        ))}
      </fieldset>
    </>
  );
}
