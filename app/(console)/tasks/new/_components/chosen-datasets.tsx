'use client';

import type { DatasetSummaryDto } from '#lib/domain/dataset/dataset.ts';
import { ChoicePlan, type PlanDatasetsAction } from '../../_components/choice-plan.tsx';
import { DatasetChoice } from './dataset-choice.tsx';
import { LogNote } from './log-note.tsx';
import type { TaskFormErrors, TaskFormValues } from './task-form-values.ts';

interface ChosenDatasetsProps {
  readonly connectionId: string;
  readonly datasets: readonly DatasetSummaryDto[];
  readonly values: TaskFormValues;
  readonly errors: TaskFormErrors;
  readonly plan: PlanDatasetsAction;
  readonly onChange: (next: Partial<TaskFormValues>) => void;
}

/** The datasets of a task, with notes and a plan of those that are chosen. */
export function ChosenDatasets({ connectionId, datasets, values, errors, plan, onChange }: ChosenDatasetsProps) {
  const { datasetIds, method } = values;
  return (
    <>
      <DatasetChoice
        datasets={datasets}
        chosen={datasetIds}
        error={errors.datasetIds}
        onChange={(chosen) => onChange({ datasetIds: chosen })}
      />
      <LogNote datasets={datasets.filter(({ id }) => datasetIds.includes(id))} method={method} />
      <ChoicePlan connectionId={connectionId} chosen={datasetIds} action={plan} />
    </>
  );
}
