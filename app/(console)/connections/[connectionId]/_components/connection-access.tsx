'use client';

import { useState, useTransition } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { PlainSelect } from '#components/ui/form/plain-select.tsx';
import { SegmentedControl } from '#components/ui/form/segmented-control.tsx';
import { CONNECTION_ACCESS_LABEL, ConnectionAccess, type ConnectionAccessDto } from '#lib/domain/connection/connection-access.ts';
import type { ActionResult, Problem } from '#lib/domain/problem.ts';

type Person = ConnectionAccessDto['people'][number];
type Save = (input: {
  connectionId: string;
  audience: ConnectionAccessDto['audience'];
  people: Person[];
}) => Promise<ActionResult<ConnectionAccessDto>>;

interface ConnectionAccessPanelProps {
  readonly connectionId: string;
  readonly access: ConnectionAccessDto;
  /** Null: who looks may not change it. */
  readonly action: Save | null;
}

const WORDS = {
  everybody: 'Everybody can see and use this connection within their role.',
  listed: 'Only administrators, the owner and the people listed here can see this connection.',
} satisfies Record<ConnectionAccessDto['audience'], string>;

/** Whom a connection is open to, and what they may do. */
export function ConnectionAccessPanel({ connectionId, access, action }: ConnectionAccessPanelProps) {
  const [audience, setAudience] = useState(access.audience);
  const [people, setPeople] = useState<readonly Person[]>(access.people);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [pending, start] = useTransition();
  if (action === null) {
    const listed = access.people.map((person) => `${person.email} (${CONNECTION_ACCESS_LABEL[person.access]})`);
    return (
      <p className="px-4 py-3 text-sm text-muted-foreground">
        {WORDS[access.audience]} {access.audience === 'listed' ? listed.join(', ') : null}
      </p>
    );
  }
  const save = action;

  function submit() {
    start(async () => {
      const result = await save({ connectionId, audience, people: people.filter(({ email }) => email !== '') });
      setProblem(result.ok ? null : result.problem);
      if (result.ok) {
        setPeople(result.value.people);
        toast.success('Saved who may use the connection');
      }
    });
  }

  const change = (index: number, to: Person | null) =>
    setPeople(people.flatMap((person, at) => (at === index ? (to ?? []) : person)));
  return (
    <div className="grid gap-3 px-4 py-3">
      <SegmentedControl
        label="Open to"
        value={audience}
        onValueChange={setAudience}
        options={[
          { value: 'everybody', label: 'Everybody' },
          { value: 'listed', label: 'Listed people' },
        ]}
      />
      <p className="text-sm text-muted-foreground">{WORDS[audience]}</p>
      {audience === 'listed'
        ? people.map((person, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a person who is being entered has no other identity
            <PersonRow key={index} person={person} number={index + 1} onChange={(to) => change(index, to)} />
          ))
        : null}
      {problem === null ? null : <ProblemAlert problem={problem} />}
      <div className="flex flex-wrap gap-2">
        {audience === 'listed' ? (
          <Button variant="outline" size="sm" onClick={() => setPeople([...people, { email: '', access: 'use' }])}>
            Add person
          </Button>
        ) : null}
        <Button size="sm" disabled={pending} onClick={submit}>
          Save access
        </Button>
      </div>
    </div>
  );
}

interface PersonRowProps {
  readonly person: Person;
  readonly number: number;
  /** Null: the person is taken off the list. */
  readonly onChange: (person: Person | null) => void;
}

function PersonRow({ person, number, onChange }: PersonRowProps) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_5.5rem] gap-2">
      <Input
        type="email"
        aria-label={`E-mail address of person ${number}`}
        placeholder="ada@contoso.com"
        value={person.email}
        onChange={(event) => onChange({ ...person, email: event.target.value })}
      />
      <PlainSelect
        aria-label={`Permission of person ${number}`}
        value={person.access}
        options={ConnectionAccess.options.map((access) => [access, CONNECTION_ACCESS_LABEL[access]])}
        onChange={(access) => onChange({ ...person, access: ConnectionAccess.parse(access) })}
      />
      <Button variant="ghost" size="sm" className="justify-self-start" onClick={() => onChange(null)}>
        Remove
        <span className="sr-only"> person {number}</span>
      </Button>
    </div>
  );
}
