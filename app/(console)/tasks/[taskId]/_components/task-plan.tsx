'use client';

import { Route } from 'lucide-react';
import { useState, useTransition } from 'react';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/layout/table.tsx';
import type { ActionResult } from '#lib/domain/problem.ts';
import type { DatasetReadPlan, ReadPlan } from '#lib/domain/run/read-plan.ts';
import {
  countOrDash,
  datasetPlanDetails,
  planSummary,
  quotaMessage,
  readStrategyMessage,
  secondsOrDash,
} from './plan-messages.ts';

interface TaskPlanProps {
  readonly taskId: string;
  readonly action: (input: { taskId: string }) => Promise<ActionResult<ReadPlan>>;
}

/** Estimate of a reload's requests, computed on demand. */
export function TaskPlan({ taskId, action }: TaskPlanProps) {
  const [result, setResult] = useState<ActionResult<ReadPlan> | null>(null);
  const [pending, start] = useTransition();
  const plan = () => start(async () => setResult(await action({ taskId })));
  return (
    <section aria-label="Plan" aria-busy={pending} className="overflow-hidden rounded-lg border bg-card">
      <div className="flex min-h-11 items-center gap-2 border-b px-4">
        <h2 className="flex-1 text-sm font-semibold">Plan</h2>
        <Button variant="outline" size="sm" onClick={plan} disabled={pending}>
          <Route aria-hidden />
          {pending ? 'Counting…' : result === null ? 'Plan a reload' : 'Plan again'}
        </Button>
      </div>
      <div aria-live="polite">
        {result === null ? (
          <p className="px-4 py-3 text-sm text-muted-foreground">
            Counts the rows at Graph and says how they would be read: requests, parts, and the time that the quota of the tenant
            leaves. No rows are read.
          </p>
        ) : result.ok ? (
          <Figures plan={result.value} />
        ) : (
          <ProblemAlert problem={result.problem} className="m-4" />
        )}
      </div>
    </section>
  );
}

function Figures({ plan }: { readonly plan: ReadPlan }) {
  return (
    <>
      <p className="border-b px-4 py-3 text-sm text-pretty">{planSummary(plan)}</p>
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead className="pl-4">Dataset</TableHead>
            <TableHead className="text-right">Rows</TableHead>
            <TableHead className="text-right">Requests</TableHead>
            <TableHead className="pr-4 text-right">Time</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {plan.datasets.map((dataset) => (
            <PlanRow key={dataset.name} dataset={dataset} />
          ))}
        </TableBody>
      </Table>
      <ul className="space-y-1 border-t px-4 py-3 text-xs text-muted-foreground">
        {plan.quotas.map((quota) => (
          <li key={quota.quotaClass}>{quotaMessage(quota)}</li>
        ))}
      </ul>
    </>
  );
}

function PlanRow({ dataset }: { readonly dataset: DatasetReadPlan }) {
  return (
    <TableRow>
      <TableCell className="pl-4">
        <span className="block font-medium">{dataset.title}</span>
        <span className="block text-xs text-muted-foreground">{readStrategyMessage(dataset)}</span>
        <details className="text-xs text-muted-foreground">
          <summary className="w-fit cursor-pointer rounded-sm outline-none hover:text-foreground focus-visible:ring-2 focus-visible:ring-ring">
            Details<span className="sr-only"> of {dataset.title}</span>
          </summary>
          <ul className="mt-1 list-disc space-y-0.5 pl-4">
            {datasetPlanDetails(dataset).map((detail) => (
              <li key={detail}>{detail}</li>
            ))}
          </ul>
        </details>
      </TableCell>
      <TableCell className="text-right align-top">{countOrDash(dataset.rows)}</TableCell>
      <TableCell className="text-right align-top">{countOrDash(dataset.requests)}</TableCell>
      <TableCell className="pr-4 text-right align-top whitespace-nowrap">{secondsOrDash(dataset.seconds)}</TableCell>
    </TableRow>
  );
}
