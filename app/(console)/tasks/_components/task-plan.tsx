'use client';

import type { ActionResult } from '#lib/domain/problem.ts';
import type { ReadPlan } from '#lib/domain/run/read-plan.ts';
import { PlanPanel } from './plan-panel.tsx';

interface TaskPlanProps {
  readonly taskId: string;
  readonly action: (input: { taskId: string }) => Promise<ActionResult<ReadPlan>>;
}

/** The plan of a task. */
export function TaskPlan({ taskId, action }: TaskPlanProps) {
  return <PlanPanel of={taskId} plan={() => action({ taskId })} />;
}
