'use client';

import type { ActionResult } from '#lib/domain/problem.ts';
import type { ReadPlan } from '#lib/domain/run/read-plan.ts';
import { PlanPanel } from './plan-panel.tsx';

export type PlanDatasetsAction = (input: { connectionId: string; datasetIds: string[] }) => Promise<ActionResult<ReadPlan>>;

interface ChoicePlanProps {
  readonly connectionId: string;
  /** Ids of the chosen datasets. */
  readonly chosen: readonly string[];
  readonly action: PlanDatasetsAction;
}

/** The plan of datasets that are chosen in a form. */
export function ChoicePlan({ connectionId, chosen, action }: ChoicePlanProps) {
  return (
    <PlanPanel
      of={chosen.toSorted().join()}
      plan={() => action({ connectionId, datasetIds: [...chosen] })}
      {...(chosen.length === 0 ? { unavailable: 'Choose datasets first.' } : {})}
    />
  );
}
