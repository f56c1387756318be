'use client';

import { Route } from 'lucide-react';
import { useState, useTransition } from 'react';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { ShowAllBar } from '#components/ui/layout/show-all-bar.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/layout/table.tsx';
import type { ActionResult } from '#lib/domain/problem.ts';
import type { DatasetReadPlan, ReadPlan } from '#lib/domain/run/read-plan.ts';
import { DominantNote } from './dominant-note.tsx';
import {
  countOrDash,
  datasetPlanDetails,
  planSummary,
  quotaMessage,
  readStrategyMessage,
  secondsOrDash,
} from './plan-messages.ts';

interface PlanPanelProps {
  readonly plan: () => Promise<ActionResult<ReadPlan>>;
  /** Identifies what is planned: a plan of something else says that it is outdated. */
  readonly of: string;
  /** Why nothing can be planned now; absent: it can. */
  readonly unavailable?: string;
}

/** Estimate of a reload's requests and duration, computed on demand. */
export function PlanPanel({ plan, of, unavailable }: PlanPanelProps) {
  const [planned, setPlanned] = useState<{ readonly of: string; readonly result: ActionResult<ReadPlan> } | null>(null);
  const [pending, start] = useTransition();
  const onPlan = () => start(async () => setPlanned({ of, result: await plan() }));
  return (
    <section aria-label="Plan" aria-busy={pending} className="overflow-hidden rounded-lg border bg-card">
      <div className="flex min-h-11 items-center gap-2 border-b px-4">
        <h2 className="flex-1 text-sm font-semibold">Plan</h2>
        <Button type="button" variant="outline" size="sm" onClick={onPlan} disabled={pending || unavailable !== undefined}>
          <Route aria-hidden />
          {pending ? 'Counting…' : planned === null ? 'Plan a reload' : 'Plan again'}
        </Button>
      </div>
      <div aria-live="polite">
        {planned === null ? (
          <p className="px-4 py-3 text-sm text-muted-foreground">
            {unavailable ??
              'Counts the rows in Graph and plans the reading: requests, parts, and the time that the quota of the tenant allows. Reads no rows.'}
          </p>
        ) : (
          <>
            {planned.of === of ? null : (
              <p className="border-b px-4 py-2 text-xs text-amber-800 dark:text-amber-200">
                The chosen datasets have changed. Plan again for the current choice.
              </p>
            )}
            {planned.result.ok ? (
              <Figures plan={planned.result.value} />
            ) : (
              <ProblemAlert problem={planned.result.problem} className="m-4" />
            )}
          </>
        )}
      </div>
    </section>
  );
}

/** Number of datasets that are listed before *Show all*. */
const ROWS_FIRST = 12;

function Figures({ plan }: { readonly plan: ReadPlan }) {
  const [all, setAll] = useState(false);
  const shown = all ? plan.datasets : plan.datasets.slice(0, ROWS_FIRST);
  return (
    <>
      <div className="space-y-2 border-b px-4 py-3">
        {plan.dominant === null ? null : <DominantNote dominant={plan.dominant} />}
        <p className="text-sm text-pretty">{planSummary(plan)}</p>
      </div>
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
          {shown.map((dataset) => (
            <PlanRow key={dataset.name} dataset={dataset} />
          ))}
        </TableBody>
      </Table>
      <ShowAllBar
        shown={shown.length}
        total={plan.datasets.length}
        noun="dataset"
        suffix=", what takes longest first"
        onShowAll={() => setAll(true)}
      />
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
          <ul className="mt-1 list-disc space-y-0.5 pl-4 whitespace-normal">
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
