'use client';

import { useActionState, useState } from 'react';
import { Checkbox } from '#components/ui/form/checkbox.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { PlainSelect } from '#components/ui/form/plain-select.tsx';
import { FormDialog } from '#components/ui/overlay/form-dialog.tsx';
import { NOTIFICATION_EVENT_LABEL, NotificationEvent } from '#lib/domain/notification/event.ts';
import type { RuleDto } from '#lib/domain/notification/rule.ts';
import type { ActionResult } from '#lib/domain/problem.ts';
import { createNotificationRuleAction, updateNotificationRuleAction } from '../actions.ts';

export interface Named {
  readonly id: string;
  readonly name: string;
}

interface RuleDialogProps {
  /** Null: creates one. */
  readonly rule: RuleDto | null;
  readonly channels: readonly Named[];
  readonly connections: readonly Named[];
  readonly tasks: readonly Named[];
  readonly onClose: () => void;
}

const EVERYTHING = 'everything';

export function RuleDialog({ rule, channels, connections, tasks, onClose }: RuleDialogProps) {
  const [name, setName] = useState(rule?.name ?? '');
  const [events, setEvents] = useState<ReadonlySet<string>>(new Set(rule?.events));
  const [places, setPlaces] = useState<ReadonlySet<string>>(
    new Set([...(rule?.inbox === false ? [] : ['inbox']), ...(rule?.channels.map(({ id }) => id) ?? [])]),
  );
  const [scope, setScope] = useState<string>(rule?.taskId ?? rule?.connectionId ?? EVERYTHING);
  const [enabled, setEnabled] = useState(rule?.enabled ?? true);
  const [numbers, setNumbers] = useState({
    daysBefore: rule?.daysBefore ?? 14,
    awayMinutes: rule?.awayMinutes ?? 10,
    silentHours: rule?.silentHours ?? 24,
  });
  const [result, submit, pending] = useActionState<ActionResult<null> | null>(async () => {
    const input = {
      ...{ name, enabled, ...numbers, inbox: places.has('inbox') },
      events: NotificationEvent.options.filter((event) => events.has(event)),
      taskId: scope.startsWith('task_') ? scope : null,
      connectionId: scope.startsWith('conn_') ? scope : null,
      channelIds: channels.flatMap(({ id }) => (places.has(id) ? [id] : [])),
    };
    const answer = await (rule === null
      ? createNotificationRuleAction(input)
      : updateNotificationRuleAction({ ...input, ruleId: rule.id }));
    if (answer.ok) onClose();
    return answer;
  }, null);
  const number = (label: string, key: keyof typeof numbers) => (
    <Field label={label}>
      <Input
        type="number"
        min={1}
        required
        value={numbers[key]}
        onChange={(event) => setNumbers({ ...numbers, [key]: Number(event.target.value) })}
      />
    </Field>
  );
  return (
    <FormDialog
      title={rule === null ? 'Create rule' : `Edit ${rule.name}`}
      submitLabel={rule === null ? 'Create rule' : 'Save'}
      submit={submit}
      disabled={pending}
      problem={result?.ok === false ? result.problem : null}
      onClose={onClose}
    >
      <Field label="Name">
        <Input value={name} required autoComplete="off" onChange={(event) => setName(event.target.value)} />
      </Field>
      <Choices
        legend="Events"
        options={NotificationEvent.options.map((event) => ({ id: event, name: NOTIFICATION_EVENT_LABEL[event] }))}
        chosen={events}
        onChosen={setEvents}
      />
      {events.has('credential-ends') ? number('Days before a credential expires', 'daysBefore') : null}
      {events.has('gateway-away') ? number('Minutes that a gateway is disconnected', 'awayMinutes') : null}
      {events.has('nothing-landed') ? number('Hours without landed rows', 'silentHours') : null}
      <PlainSelect
        aria-label="Of what"
        value={scope}
        options={[
          [EVERYTHING, 'Everything'],
          ...connections.map(({ id, name: label }) => [id, `Connection ${label}`] as const),
          ...tasks.map(({ id, name: label }) => [id, `Task ${label}`] as const),
        ]}
        onChange={setScope}
      />
      <Choices
        legend="Sent to"
        options={[{ id: 'inbox', name: 'The inbox of everybody' }, ...channels]}
        chosen={places}
        onChosen={setPlaces}
      />
      <Choices
        legend="State"
        options={[{ id: 'on', name: 'The rule is on' }]}
        chosen={new Set(enabled ? ['on'] : [])}
        onChosen={(chosen) => setEnabled(chosen.has('on'))}
      />
    </FormDialog>
  );
}

interface ChoicesProps {
  readonly legend: string;
  readonly options: readonly Named[];
  readonly chosen: ReadonlySet<string>;
  readonly onChosen: (chosen: ReadonlySet<string>) => void;
}

function Choices({ legend, options, chosen, onChosen }: ChoicesProps) {
  const change = (id: string, is: boolean) =>
    onChosen(is ? new Set([...chosen, id]) : new Set([...chosen].filter((one) => one !== id)));
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1.5 text-sm font-medium">{legend}</legend>
      {options.map(({ id, name }) => (
        // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox in it is a button of Radix
        <label key={id} className="flex items-center gap-2 text-sm">
          <Checkbox checked={chosen.has(id)} onCheckedChange={(checked) => change(id, checked === true)} />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
