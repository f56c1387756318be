'use client';

import type { DatasetSummaryDto } from '#lib/domain/dataset/dataset.ts';
import { isEvents } from '#lib/domain/dataset/event-dataset.ts';
import type { TargetDto } from '#lib/domain/target/target.ts';
import { EventSettingsFields } from '../../_components/event-settings.tsx';
import { LandingOptions } from '../../_components/landing-options.tsx';
import {
  canSoftDelete,
  capabilitiesOf,
  type TaskFormErrors,
  type TaskFormValues,
  willRecreateTables,
} from './task-form-values.ts';

interface LandingFieldsProps {
  readonly values: TaskFormValues;
  readonly errors: TaskFormErrors;
  readonly datasets: readonly DatasetSummaryDto[];
  readonly targets: readonly TargetDto[];
  /** Why the names cannot be changed; null: they can. */
  readonly namesLocked: string | null;
  readonly throughGateway: boolean;
  readonly onChange: (next: Partial<TaskFormValues>) => void;
}

/** How rows land: events where some are chosen, and the options that fit target and method. */
export function LandingFields({ values, errors, datasets, targets, namesLocked, throughGateway, onChange }: LandingFieldsProps) {
  return (
    <>
      {datasets.some((dataset) => isEvents(dataset) && values.datasetIds.includes(dataset.id)) ? (
        <EventSettingsFields values={values} errors={errors} onChange={onChange} />
      ) : null}
      <LandingOptions
        values={values}
        errors={errors}
        namesLocked={namesLocked}
        canSoftDelete={canSoftDelete(targets, values)}
        capabilities={capabilitiesOf(targets, values)}
        throughGateway={throughGateway}
        recreatesTables={willRecreateTables(values)}
        onChange={onChange}
      />
    </>
  );
}
