'use client';

import { ListChecks, TableProperties } from 'lucide-react';
import { useState, useTransition } from 'react';
import { TestResult } from '#components/target/test-result.tsx';
import { Button } from '#components/ui/button.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { formatCounted } from '#lib/domain/format.ts';
import type { ActionResult } from '#lib/domain/problem.ts';
import type { ReadPlan } from '#lib/domain/run/read-plan.ts';
import type { TaskPreparation, TaskValidation } from '#lib/domain/task/task-validation.ts';
import { DominantNote } from '../../_components/dominant-note.tsx';
import { planSummary } from '../../_components/plan-messages.ts';

type OfTask<T> = (input: { taskId: string }) => Promise<ActionResult<T>>;

interface TaskChecksProps {
  readonly taskId: string;
  readonly validate: OfTask<TaskValidation>;
  readonly prepare: OfTask<TaskPreparation>;
  readonly plan: OfTask<ReadPlan>;
}

type Result =
  | { readonly kind: 'validate'; readonly answer: ActionResult<TaskValidation> }
  | { readonly kind: 'prepare'; readonly answer: ActionResult<TaskPreparation> };

/** Checks a task, and creates its tables, before its first run. */
export function TaskChecks({ taskId, validate, prepare, plan }: TaskChecksProps) {
  const [result, setResult] = useState<Result | null>(null);
  const [pending, start] = useTransition();
  const [planned, setPlanned] = useState<ActionResult<ReadPlan> | null>(null);
  /** The result first: the plan asks Graph, and takes longer. */
  const show = (check: () => Promise<Result>) =>
    start(async () => {
      setResult(await check());
      setPlanned(await plan({ taskId }));
    });
  const onValidate = () => show(async () => ({ kind: 'validate', answer: await validate({ taskId }) }));
  const onPrepare = () => show(async () => ({ kind: 'prepare', answer: await prepare({ taskId }) }));
  return (
    <section aria-label="Before a run" aria-busy={pending} className="overflow-hidden rounded-lg border bg-card">
      <div className="flex min-h-11 flex-wrap items-center gap-2 border-b px-4 py-1.5">
        <h2 className="flex-1 text-sm font-semibold">Before a run</h2>
        <Button variant="outline" size="sm" onClick={onValidate} disabled={pending}>
          <ListChecks aria-hidden />
          Validate
        </Button>
        <Button variant="outline" size="sm" onClick={onPrepare} disabled={pending}>
          <TableProperties aria-hidden />
          Prepare
        </Button>
      </div>
      <div aria-live="polite" className="grid gap-3 px-4 py-3">
        {result === null ? (
          <p className="text-sm text-muted-foreground">
            Validate checks permissions, names of tables, and the target. Prepare creates the missing tables. Both show which
            dataset takes longest. Neither reads rows.
          </p>
        ) : (
          <Shown result={result} planned={planned} />
        )}
      </div>
    </section>
  );
}

function Shown({ result, planned }: { readonly result: Result; readonly planned: ActionResult<ReadPlan> | null }) {
  if (!result.answer.ok) return <ProblemAlert problem={result.answer.problem} />;
  const { ddl } = result.answer.value;
  return (
    <>
      {result.kind === 'validate' && result.answer.ok ? <TestResult test={result.answer.value} /> : null}
      {result.kind === 'prepare' && result.answer.ok ? <p className="text-sm">{preparedMessage(result.answer.value)}</p> : null}
      {planned === null ? null : <Expected planned={planned} />}
      {ddl === null ? null : <CodeBlock code={ddl} label="SQL of the tables" />}
    </>
  );
}

/** How long a reload takes, and what of it takes longest. */
function Expected({ planned }: { readonly planned: ActionResult<ReadPlan> }) {
  if (!planned.ok)
    return <p className="text-sm text-muted-foreground">The duration of a reload is not known: {planned.problem.title}</p>;
  const { dominant } = planned.value;
  return (
    <>
      <p className="text-sm">{planSummary(planned.value)}</p>
      {dominant === null ? null : <DominantNote dominant={dominant} />}
    </>
  );
}

function preparedMessage({ tables, ddl }: TaskPreparation): string {
  if (tables.length > 0) return `${formatCounted(tables.length, 'table')} created: ${tables.join(', ')}.`;
  return ddl === null ? 'This target creates no tables in advance. The first run creates them.' : 'All tables already exist.';
}
