'use client';

import Form from 'next/form';
import Link from 'next/link';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { OptionSelect } from '#components/ui/form/option-select.tsx';
import { ACTOR_KIND_LABEL, ActorKind } from '#lib/domain/account/actor.ts';
import { AUDIT_ACTION_LABEL, type AuditFacetsDto } from '#lib/domain/account/audit.ts';

interface AuditFiltersProps {
  readonly filter: Readonly<Record<string, string>>;
  readonly facets: AuditFacetsDto;
}

/** A GET form: the URL contains the filter, so it can be bookmarked and shared. */
export function AuditFilters({ filter, facets }: AuditFiltersProps) {
  return (
    <Form
      action="/settings/audit"
      className="mb-4 grid grid-cols-2 items-end gap-3 lg:grid-cols-4 2xl:grid-cols-[1fr_10rem_1fr_1fr_9rem_9rem_auto]"
    >
      <Choice
        name="person"
        label="Who"
        all="Everybody"
        value={filter['person']}
        options={facets.people.map(({ actor, name }) => ({ value: actor, label: name }))}
      />
      <Choice
        name="kind"
        label="By"
        all="Every way"
        value={filter['kind']}
        options={ActorKind.options.map((kind) => ({ value: kind, label: ACTOR_KIND_LABEL[kind] }))}
      />
      <Choice
        name="action"
        label="Action"
        all="Every action"
        value={filter['action']}
        options={facets.actions.map((action) => ({ value: action, label: AUDIT_ACTION_LABEL[action] ?? action }))}
      />
      <Field label="Subject" className="col-span-2 lg:col-span-1">
        <Input name="subject" defaultValue={filter['subject'] ?? ''} placeholder="Name or id" maxLength={200} />
      </Field>
      <Field label="From">
        <Input name="from" type="date" defaultValue={filter['from']?.slice(0, 10) ?? ''} />
      </Field>
      <Field label="To">
        <Input name="to" type="date" defaultValue={filter['to']?.slice(0, 10) ?? ''} />
      </Field>
      <div className="flex gap-2">
        <Button type="submit" size="default">
          Filter
        </Button>
        {Object.keys(filter).length === 0 ? null : (
          <Button asChild variant="ghost">
            <Link href="/settings/audit">Clear</Link>
          </Button>
        )}
      </div>
    </Form>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  /** Label of the option without a filter. */
  readonly all: string;
  readonly value: string | undefined;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

/** `all` represents no filter, since the value of an option cannot be empty. */
function Choice({ name, label, all, value, options }: ChoiceProps) {
  const [chosen, setChosen] = useState(value ?? 'all');
  return (
    <div className="min-w-0">
      <OptionSelect
        label={label}
        value={chosen}
        options={[['all', all], ...options.map((option) => [option.value, option.label] as const)]}
        onChange={setChosen}
      />
      <input type="hidden" name={name} value={chosen === 'all' ? '' : chosen} />
    </div>
  );
}
