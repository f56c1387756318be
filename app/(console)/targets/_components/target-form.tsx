'use client';

import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import { toast } from 'sonner';
import { GatewaySelect } from '#components/gateway/gateway-select.tsx';
import { RefreshStates } from '#components/gateway/refresh-states.tsx';
import { TestResult } from '#components/target/test-result.tsx';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { type GatewayChoice, type GatewayOptionDto, gatewayChoiceOf } from '#lib/domain/gateway/gateway.ts';
import type { ActionResult, Problem } from '#lib/domain/problem.ts';
import type { TargetDetailDto, TargetKindDto, TargetTest } from '#lib/domain/target/target.ts';
import { ConfirmLocation } from './confirm-location.tsx';
import { KindChoice } from './kind-choice.tsx';
import {
  type EnteredValues,
  enteredValues,
  fieldOf,
  messageOf,
  shownFields,
  splitUrl,
  startValues,
} from './target-form-values.ts';
import { TargetInput } from './target-input.tsx';

interface TargetFormProps {
  /** Kinds to choose from; an existing target keeps its own. */
  readonly kinds: readonly TargetKindDto[];
  readonly target?: TargetDetailDto;
  readonly gateways: readonly GatewayOptionDto[];
  /** `confirm`: the person confirmed a new location for the tasks that use the target. */
  readonly save: (
    input: EnteredValues & GatewayChoice & { name: string; kind: string },
    confirm: boolean,
  ) => Promise<ActionResult<{ targetId: string }>>;
  /** Tests the entered values; an existing target is tested after it is saved. */
  readonly test?: (input: EnteredValues & GatewayChoice & { kind: string }) => Promise<ActionResult<TargetTest>>;
}

/** Form of a new or an existing target: kind, name, and the settings and secrets of the kind. */
export function TargetForm({ kinds, target, gateways, save, test }: TargetFormProps) {
  const router = useRouter();
  const [kind, setKind] = useState(kinds[0]);
  const [name, setName] = useState(target?.name ?? '');
  const [gatewayId, setGatewayId] = useState(target?.gateway?.id ?? '');
  const [values, setValues] = useState(() => (kind === undefined ? {} : startValues(kind, target)));
  const [problem, setProblem] = useState<Problem | null>(null);
  const [tested, setTested] = useState<TargetTest | null>(null);
  const [pending, run] = useTransition();
  if (kind === undefined) return null;
  const fields = shownFields(kind.fields, values);
  const wrong = problem === null ? null : fieldOf(problem);
  const isShown = wrong === 'name' || fields.some((field) => field.name === wrong);
  const errorOf = (field: string, label: string) => (problem !== null && wrong === field ? messageOf(problem, label) : undefined);
  const entered = { kind: kind.kind, ...gatewayChoiceOf(gatewayId), ...enteredValues(fields, values) };

  function change(next: Readonly<Record<string, string>>) {
    setProblem(null);
    setTested(null);
    setValues((before) => ({ ...before, ...next }));
  }

  function submit(confirm: boolean) {
    run(async () => {
      const saved = await save({ ...entered, name }, confirm);
      if (!saved.ok) return setProblem(saved.problem);
      toast.success(target === undefined ? `Target ${name} created` : `Target ${name} saved`);
      router.push(`/targets/${saved.value.targetId}`);
    });
  }

  function tryOut(action: NonNullable<TargetFormProps['test']>) {
    setTested(null);
    run(async () => {
      const answer = await action(entered);
      if (answer.ok) setTested(answer.value);
      setProblem(answer.ok ? null : answer.problem);
    });
  }

  return (
    <form
      className="grid max-w-xl gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit(false);
      }}
    >
      {kinds.length < 2 ? null : (
        <KindChoice
          kinds={kinds}
          chosen={kind}
          onChoose={(next) => {
            setKind(next);
            setValues(startValues(next));
            setProblem(null);
            setTested(null);
          }}
        />
      )}
      <Field label="Target name" error={errorOf('name', 'Target name')}>
        <Input value={name} onChange={(event) => setName(event.target.value)} placeholder="Warehouse" autoComplete="off" />
      </Field>
      <GatewaySelect
        label="Reached from"
        options={gateways}
        value={gatewayId}
        onValueChange={(id) => {
          setGatewayId(id);
          change({});
        }}
        noneHint="None: this server connects to the target. Runs through a data gateway can also use this target if the gateway reaches it."
        chosenHint={({ name: gateway }) => `${gateway} connects to the target for runs, Test, landed rows and What changed.`}
      />
      {gateways.length === 0 ? null : <RefreshStates />}
      {fields.map((field) => (
        <TargetInput
          key={`${kind.kind} ${field.name}`}
          field={field}
          value={values[field.name] ?? ''}
          error={errorOf(field.name, field.label)}
          stored={target !== undefined && field.secret}
          onChange={(value) => change((field.name === 'host' ? splitUrl(fields, value) : null) ?? { [field.name]: value })}
        />
      ))}
      {tested === null ? null : (
        <div className="rounded-md border bg-card p-3" aria-live="polite">
          <TestResult test={tested} />
        </div>
      )}
      {problem === null || isShown || problem.code === 'target-location-used' ? null : <ProblemAlert problem={problem} />}
      <ConfirmLocation
        problem={problem?.code === 'target-location-used' ? problem : null}
        pending={pending}
        onCancel={() => setProblem(null)}
        onConfirm={() => submit(true)}
      />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" disabled={pending}>
          {target === undefined ? 'Create target' : 'Save'}
        </Button>
        {test === undefined ? null : (
          <Button type="button" variant="outline" disabled={pending} onClick={() => tryOut(test)}>
            Test
          </Button>
        )}
      </div>
    </form>
  );
}
