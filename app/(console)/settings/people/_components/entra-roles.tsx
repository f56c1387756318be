'use client';

import { useState, useTransition } from 'react';
import { toast } from 'sonner';
import { useFreshSignIn } from '#components/fresh-sign-in/fresh-sign-in-provider.tsx';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { PlainSelect } from '#components/ui/form/plain-select.tsx';
import { Card } from '#components/ui/layout/card.tsx';
import { ENTRA_RULE_KIND_LABEL, type EntraRoleRule, EntraRuleKind } from '#lib/domain/account/entra-role-rule.ts';
import type { Problem } from '#lib/domain/problem.ts';
import { setEntraRolesAction } from '../actions.ts';
import { RoleSelect } from './role-select.tsx';

const PLACEHOLDER = { 'app-role': 'Entrada.Edit', group: 'Object id of the group' } satisfies Record<EntraRuleKind, string>;

/** The rules that give a role to who signs in with Microsoft. */
export function EntraRoles({ rules: saved }: { readonly rules: readonly EntraRoleRule[] }) {
  const [rules, setRules] = useState(saved);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [pending, start] = useTransition();
  const withFreshSignIn = useFreshSignIn();

  function save() {
    start(async () => {
      const result = await withFreshSignIn(() => setEntraRolesAction({ rules: [...rules] }));
      setProblem(result.ok ? null : result.problem);
      if (result.ok) {
        setRules(result.value);
        toast.success('Saved the rules. They apply from the next sign-in.');
      }
    });
  }

  const change = (index: number, to: EntraRoleRule | null) =>
    setRules(rules.flatMap((rule, at) => (at === index ? (to ?? []) : rule)));
  return (
    <section aria-labelledby="entra-roles" className="grid max-w-4xl gap-3">
      <h2 id="entra-roles" className="text-base font-semibold">
        Roles from Microsoft Entra ID
      </h2>
      <p className="text-muted-foreground">
        {rules.length === 0
          ? 'No rule yet: you set roles by hand above, and new people are viewers.'
          : 'At each sign-in with Microsoft, a person gets the highest role of all rules that apply. Entrada refuses people to whom no rule applies. Sign-ins with a password are not affected.'}
      </p>
      {problem === null ? null : <ProblemAlert problem={problem} />}
      <Card className="grid gap-3 p-4">
        {rules.map((rule, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a rule that is being entered has no other identity
          <RuleRow key={index} rule={rule} number={index + 1} onChange={(to) => change(index, to)} />
        ))}
        <div className="flex flex-wrap gap-2">
          <Button variant="outline" onClick={() => setRules([...rules, { kind: 'app-role', value: '', role: 'viewer' }])}>
            Add rule
          </Button>
          <Button disabled={pending || rules === saved} onClick={save}>
            Save rules
          </Button>
        </div>
      </Card>
    </section>
  );
}

interface RuleRowProps {
  readonly rule: EntraRoleRule;
  readonly number: number;
  /** Null: the rule is removed. */
  readonly onChange: (rule: EntraRoleRule | null) => void;
}

function RuleRow({ rule, number, onChange }: RuleRowProps) {
  return (
    <div className="grid items-center gap-2 sm:grid-cols-[8rem_minmax(0,1fr)_9rem_auto]">
      <PlainSelect
        aria-label={`Kind of rule ${number}`}
        value={rule.kind}
        options={EntraRuleKind.options.map((kind) => [kind, ENTRA_RULE_KIND_LABEL[kind]])}
        onChange={(kind) => onChange({ ...rule, kind: EntraRuleKind.parse(kind) })}
      />
      <Input
        aria-label={`Value of rule ${number}`}
        placeholder={PLACEHOLDER[rule.kind]}
        value={rule.value}
        onChange={(event) => onChange({ ...rule, value: event.target.value })}
      />
      <RoleSelect aria-label={`Role of rule ${number}`} value={rule.role} onRole={(role) => onChange({ ...rule, role })} />
      <Button variant="ghost" onClick={() => onChange(null)}>
        Remove
        <span className="sr-only"> rule {number}</span>
      </Button>
    </div>
  );
}
