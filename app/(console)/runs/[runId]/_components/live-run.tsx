'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { toast } from 'sonner';
import type { CompactRun } from '#components/run/compact-run.ts';
import { ConfirmButton } from '#components/run/confirm-button.tsx';
import { ReloadButton, type StartRunAction } from '#components/run/reload-button.tsx';
import { isFinal } from '#components/run/run-view.ts';
import { RunWaitNotice } from '#components/run/run-wait.tsx';
import { RunStateBadge } from '#components/run/state-badge.tsx';
import { TimeAgo } from '#components/run/time-ago.tsx';
import { useNow, useRunEvents } from '#components/run/use-run-events.ts';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import type { ActionResult } from '#lib/domain/problem.ts';
import { RUN_STATE_LABEL, type RunDto } from '#lib/domain/run/run.ts';
import { UPDATE_METHOD_LABEL } from '#lib/domain/task/update-method.ts';
import { RunChartsSection } from './charts/run-charts-section.tsx';
import { DatasetRuns } from './dataset-runs.tsx';
import { RunFigures } from './run-figures.tsx';

interface LiveRunProps {
  readonly run: CompactRun;
  /** Time of the server's rendering. */
  readonly nowMs: number;
  readonly canRun: boolean;
  readonly cancel: (input: { runId: string }) => Promise<ActionResult<unknown>>;
  readonly start: StartRunAction;
}

/** A run with live updates. */
export function LiveRun({ run: first, nowMs, canRun, cancel, start }: LiveRunProps) {
  const { view, stream } = useRunEvents(first);
  const { run } = view;
  const now = useNow(nowMs, !isFinal(run));
  useEndToast(run);
  return (
    <>
      <PageHeader
        title={run.taskName}
        breadcrumbs={[
          { label: 'Runs', href: '/runs' },
          { label: run.taskName, href: `/tasks/${run.taskId}` },
        ]}
        description={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs">
            <RunStateBadge state={run.state} />
            <span>{UPDATE_METHOD_LABEL[run.method]}</span>
            <span>
              {run.connectionName} to <code className="font-mono">{run.namespace}</code>
            </span>
            <span>
              started by {run.startedBy.name} <TimeAgo at={run.queuedAt} />
            </span>
            {stream === 'lost' && !isFinal(run) ? (
              <span className="text-amber-700 dark:text-amber-300">Connection lost, reconnecting …</span>
            ) : null}
          </span>
        }
        actions={canRun ? <RunActions run={run} cancel={cancel} start={start} /> : null}
      />
      {run.problem === null ? null : <ProblemAlert problem={run.problem} className="mb-4" />}
      {run.wait === null ? null : <RunWaitNotice wait={run.wait} className="mb-4" />}
      <RunFigures view={view} nowMs={now} />
      <RunChartsSection view={view} nowMs={now} />
      <DatasetRuns
        view={view}
        nowMs={now}
        confirmDeletes={canRun && isFinal(run) ? <ConfirmDeletes run={run} start={start} /> : null}
      />
    </>
  );
}

function RunActions({ run, cancel, start }: Pick<LiveRunProps, 'cancel' | 'start'> & { readonly run: RunDto }) {
  if (isFinal(run)) return <ReloadButton taskId={run.taskId} taskName={run.taskName} action={start} label="Reload again" />;
  if (run.state === 'cancelling') return <span className="text-xs text-muted-foreground">Stopping …</span>;
  return (
    <ConfirmButton
      label="Cancel run"
      title="Cancel this run?"
      description="Finished datasets stay published. The other datasets stop, and none of their rows becomes visible in the target."
      onConfirm={async () => {
        const result = await cancel({ runId: run.id });
        return result.ok ? null : result.problem;
      }}
    />
  );
}

/** Confirms the deletes of a reload that stopped because of too many. */
function ConfirmDeletes({ run, start }: Pick<LiveRunProps, 'start'> & { readonly run: RunDto }) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Reload and delete them"
      variant="destructive"
      title="Delete these rows?"
      description={`Entrada reloads the task ${run.taskName} once without its limit on deletes: rows that are no longer in the directory are deleted from the target.`}
      onConfirm={async () => {
        const result = await start({ taskId: run.taskId, confirmDeletes: true });
        if (!result.ok) return result.problem;
        router.push(`/runs/${result.value.runId}`);
        return null;
      }}
    />
  );
}

/** Shows a toast when a run that was open while running ends. */
function useEndToast(run: RunDto): void {
  const seenGoing = useRef(false);
  useEffect(() => {
    if (!isFinal(run)) {
      seenGoing.current = true;
      return;
    }
    if (!seenGoing.current) return;
    seenGoing.current = false;
    const words = `${run.taskName}: ${RUN_STATE_LABEL[run.state]}`;
    if (run.state === 'done') toast.success(words);
    else if (run.state === 'partial') toast.warning(words);
    else toast.error(words);
  }, [run]);
}
