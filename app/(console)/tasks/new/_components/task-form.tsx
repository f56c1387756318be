'use client';

import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import { toast } from 'sonner';
import type { StartRunAction } from '#components/run/reload-button.tsx';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/form/select.tsx';
import type { DatasetSummaryDto } from '#lib/domain/dataset/dataset.ts';
import type { GatewayRef } from '#lib/domain/gateway/gateway.ts';
import type { ActionResult } from '#lib/domain/problem.ts';
import type { TargetDto } from '#lib/domain/target/target.ts';
import { type CreateTaskInput, suggestNamespace } from '#lib/domain/task/task.ts';
import type { PlanDatasetsAction } from '../../_components/choice-plan.tsx';
import { ChosenDatasets } from './chosen-datasets.tsx';
import { GatewayWaitField } from './gateway-wait-field.tsx';
import { LandingFields } from './landing-fields.tsx';
import { TargetFields } from './target-fields.tsx';
import { exampleDataset, FIRST_SETTINGS, methodFor, type TaskFormValues } from './task-form-values.ts';
import { useTaskForm } from './use-task-form.ts';

export interface TaskFormProps {
  readonly connections: readonly { readonly id: string; readonly name: string }[];
  /** The gateway of the chosen connection; null: the server reads it. */
  readonly gateway: GatewayRef | null;
  readonly connectionId: string;
  readonly datasets: readonly DatasetSummaryDto[];
  /** Ids of the initially chosen datasets. */
  readonly chosen: readonly string[];
  readonly targets: readonly TargetDto[];
  readonly create: (input: CreateTaskInput) => Promise<ActionResult<{ taskId: string }>>;
  readonly plan: PlanDatasetsAction;
  readonly start: StartRunAction;
}

/** Form of a new task: datasets, target, method, namespace and name. The namespace is derived from the name until a person enters one. */
export function TaskForm(props: TaskFormProps) {
  const { connections, connectionId, datasets, targets } = props;
  const router = useRouter();
  const [namespaceTyped, setNamespaceTyped] = useState(false);
  const [pending, run] = useTransition();
  const { values, errors, problem, change, check, refuse } = useTaskForm({
    targets,
    start: () => startValues(props),
    adjust: (after, next) =>
      namespaceTyped || 'namespace' in next ? after : { ...after, namespace: suggestNamespace(after.name) },
  });

  function submit(thenReload: boolean) {
    const input = check();
    if (input === null) return;
    run(async () => {
      const created = await props.create(input);
      if (!created.ok) {
        refuse(created.problem);
        return;
      }
      toast.success(`Task ${values.name} created`);
      const { taskId } = created.value;
      const started = thenReload ? await props.start({ taskId }) : null;
      if (started !== null && !started.ok) toast.error(started.problem.title, { description: started.problem.remedy });
      router.push(started?.ok ? `/runs/${started.value.runId}` : `/tasks/${taskId}`);
    });
  }

  return (
    <form
      className="grid max-w-5xl items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]"
      onSubmit={(event) => {
        event.preventDefault();
        submit(false);
      }}
    >
      <div className="grid gap-4">
        <Select value={values.connectionId} onValueChange={(id) => router.push(`/tasks/new?connection=${id}`)}>
          <Field label="Connection" error={errors.connectionId}>
            <SelectTrigger>
              <SelectValue placeholder="Choose a connection" />
            </SelectTrigger>
          </Field>
          <SelectContent>
            {connections.map(({ id, name }) => (
              <SelectItem key={id} value={id}>
                {name}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
        {connectionId === '' ? null : (
          <ChosenDatasets
            connectionId={connectionId}
            datasets={datasets}
            values={values}
            errors={errors}
            plan={props.plan}
            onChange={change}
          />
        )}
      </div>
      <div className="grid gap-4">
        <Field label="Task name" error={errors.name}>
          <Input
            value={values.name}
            onChange={(event) => change({ name: event.target.value })}
            placeholder="Directory, every morning"
            autoComplete="off"
          />
        </Field>
        <TargetFields
          values={values}
          errors={errors}
          targets={targets}
          folderExample={{
            connection: connections.find(({ id }) => id === values.connectionId)?.name ?? '',
            dataset: exampleDataset(datasets, values),
          }}
          onChange={(next) => {
            if ('namespace' in next) setNamespaceTyped(true);
            change(next);
          }}
        />
        <GatewayWaitField
          gateway={props.gateway}
          value={values.gatewayWait}
          error={errors.gatewayWait}
          onChange={(gatewayWait) => change({ gatewayWait })}
        />
        <LandingFields
          values={values}
          errors={errors}
          datasets={datasets}
          targets={targets}
          namesLocked={null}
          throughGateway={props.gateway !== null}
          onChange={change}
        />
        {problem === null ? null : <ProblemAlert problem={problem} />}
        <div className="flex flex-wrap gap-2">
          <Button type="button" onClick={() => submit(true)} disabled={pending}>
            Create and reload
          </Button>
          <Button type="submit" variant="outline" disabled={pending}>
            Create task
          </Button>
        </div>
      </div>
    </form>
  );
}

function startValues({ connectionId, chosen, targets, connections }: TaskFormProps): TaskFormValues {
  const [target] = targets;
  const name = connections.find((connection) => connection.id === connectionId)?.name ?? '';
  return {
    name,
    connectionId,
    datasetIds: chosen,
    targetId: target?.id ?? '',
    method: methodFor(target?.methods ?? [], 'reload-and-compare'),
    namespace: name === '' ? '' : suggestNamespace(name),
    ...FIRST_SETTINGS,
  };
}
