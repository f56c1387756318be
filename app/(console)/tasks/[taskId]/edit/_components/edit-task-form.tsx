'use client';

import { useRouter } from 'next/navigation';
import { useId, useState, useTransition } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { Checkbox } from '#components/ui/form/checkbox.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import type { DatasetSummaryDto } from '#lib/domain/dataset/dataset.ts';
import type { ActionResult } from '#lib/domain/problem.ts';
import type { TargetDto } from '#lib/domain/target/target.ts';
import type { TaskDto, UpdateTaskInput } from '#lib/domain/task/task.ts';
import type { PlanDatasetsAction } from '../../../_components/choice-plan.tsx';
import { ChosenDatasets } from '../../../new/_components/chosen-datasets.tsx';
import { GatewayWaitField } from '../../../new/_components/gateway-wait-field.tsx';
import { LandingFields } from '../../../new/_components/landing-fields.tsx';
import { TargetFields } from '../../../new/_components/target-fields.tsx';
import { exampleDataset, valuesOf } from '../../../new/_components/task-form-values.ts';
import { useTaskForm } from '../../../new/_components/use-task-form.ts';
import { editConsequences, isLocked, namesLockedMessage } from './edit-consequences.ts';

interface EditTaskFormProps {
  readonly task: TaskDto;
  readonly datasets: readonly DatasetSummaryDto[];
  readonly targets: readonly TargetDto[];
  readonly update: (input: UpdateTaskInput) => Promise<ActionResult<{ taskId: string }>>;
  readonly plan: PlanDatasetsAction;
}

/** Changes a task, and shows the consequences for landed rows before. */
export function EditTaskForm({ task, datasets, targets, update, plan }: EditTaskFormProps) {
  const router = useRouter();
  const [recreate, setRecreate] = useState(false);
  const [pending, run] = useTransition();
  const { values, errors, problem, change, check, refuse } = useTaskForm({
    targets,
    start: () => valuesOf(task),
    // Back in the place of the landed rows, their method and names count again.
    adjust: (after) => (isLocked(task, after) && !recreate ? { ...after, ...landingNames(task), method: task.method } : after),
  });
  const hasLanded = task.datasets.some(({ landed }) => landed);
  const locked = isLocked(task, values);

  function save() {
    const input = check();
    if (input === null) return;
    const { name, datasetIds, target, gatewayWaitMinutes } = input;
    run(async () => {
      const saved = await update({
        taskId: task.id,
        version: task.version,
        name,
        datasetIds,
        target,
        gatewayWaitMinutes,
        recreate: recreate && locked,
      });
      if (!saved.ok) {
        refuse(saved.problem);
        return;
      }
      toast.success(`Task ${name} saved`);
      router.push(`/tasks/${task.id}`);
    });
  }

  return (
    <form
      className="grid max-w-5xl items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <div className="grid gap-4">
        <ChosenDatasets
          connectionId={task.connectionId}
          datasets={datasets}
          values={values}
          errors={errors}
          plan={plan}
          onChange={change}
        />
      </div>
      <div className="grid gap-4">
        <Field label="Task name" error={errors.name}>
          <Input value={values.name} onChange={(event) => change({ name: event.target.value })} autoComplete="off" />
        </Field>
        <TargetFields
          values={values}
          errors={errors}
          targets={targets}
          lockedMethod={locked && !recreate ? task.method : undefined}
          folderExample={{
            connection: task.connectionName,
            dataset: exampleDataset(datasets, values),
            ...('folder' in task.target.settings
              ? { present: { folder: task.target.settings.folder, namespace: task.namespace } }
              : {}),
          }}
          onChange={change}
        />
        <LandingFields
          values={values}
          errors={errors}
          datasets={datasets}
          targets={targets}
          namesLocked={locked && !recreate ? namesLockedMessage(task) : null}
          throughGateway={task.gateway !== null}
          onChange={change}
        />
        {hasLanded && locked ? (
          <RecreateChoice
            recreate={recreate}
            onChange={(on) => {
              setRecreate(on);
              if (!on) change({ ...landingNames(task), method: task.method });
            }}
          />
        ) : null}
        <GatewayWaitField
          gateway={task.gateway}
          value={values.gatewayWait}
          error={errors.gatewayWait}
          onChange={(gatewayWait) => change({ gatewayWait })}
        />
        <Consequences lines={editConsequences(task, values, recreate && locked)} />
        {problem === null ? null : <ProblemAlert problem={problem} />}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" disabled={pending} variant={recreate && locked ? 'destructive' : 'default'}>
            {recreate && locked ? 'Drop landed rows and save' : 'Save'}
          </Button>
          <Button type="button" variant="outline" onClick={() => router.push(`/tasks/${task.id}`)} disabled={pending}>
            Cancel
          </Button>
        </div>
      </div>
    </form>
  );
}

/** The names that the landed rows have. */
function landingNames(task: TaskDto) {
  const { columnNames, tablePrefix, renames } = valuesOf(task);
  return { columnNames, tablePrefix, renames };
}

function RecreateChoice({ recreate, onChange }: { readonly recreate: boolean; readonly onChange: (on: boolean) => void }) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5 rounded-md border border-amber-600/40 bg-amber-500/5 p-3">
      <Checkbox id={id} checked={recreate} onCheckedChange={(on) => onChange(on === true)} />
      <label htmlFor={id} className="text-sm">
        Drop and land again
        <span className="block text-xs text-muted-foreground">
          There are landed rows, so the update method and the names are locked. If you choose this, you can change both. Saving
          then drops the landed tables with their change and history tables, and the next run lands everything again.
        </span>
      </label>
    </div>
  );
}

function Consequences({ lines }: { readonly lines: readonly string[] }) {
  return (
    <ul aria-live="polite" className="space-y-1 text-xs text-muted-foreground empty:hidden">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
