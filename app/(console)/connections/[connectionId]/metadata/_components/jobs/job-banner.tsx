'use client';

import { CircleCheck, CircleSlash, X } from 'lucide-react';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { Progress } from '#components/ui/feedback/progress.tsx';
import { Spinner } from '#components/ui/feedback/spinner.tsx';
import { formatCounted } from '#lib/domain/format.ts';
import type { MetadataJobDto } from '#lib/domain/metadata/metadata.ts';
import { jobMessage, jobPercentage, problemLines, resultLines } from './job-messages.ts';
import { isOver, type MetadataJobView } from './use-metadata-job.ts';

interface JobBannerProps {
  readonly job: MetadataJobView;
  readonly canCancel: boolean;
}

/** The running job with its progress, and afterwards its result. */
export function JobBanner({ job: view, canCancel }: JobBannerProps) {
  const { job } = view;
  if (job === null) return null;
  const over = isOver(job);
  return (
    <section
      aria-label={job.kind === 'generate' ? 'Generating metadata' : 'Checking access'}
      className="mb-4 rounded-lg border bg-card"
    >
      <div className="flex items-center gap-3 px-3 py-2">
        <StateIcon job={job} />
        <p className="min-w-0 flex-1 text-sm" aria-live="polite">
          {jobMessage(job)}
          {view.lost ? <span className="text-amber-700 dark:text-amber-300"> Connection lost, reconnecting …</span> : null}
        </p>
        {over ? (
          <Button variant="ghost" size="icon-sm" aria-label="Put away" onClick={view.dismiss}>
            <X aria-hidden />
          </Button>
        ) : canCancel ? (
          <Button variant="outline" size="sm" disabled={job.state === 'cancelling'} onClick={view.cancel}>
            {job.state === 'cancelling' ? 'Cancelling…' : 'Cancel'}
          </Button>
        ) : null}
      </div>
      {over ? <Result job={job} /> : <Progress label="Progress" value={jobPercentage(job)} className="h-1 rounded-none" />}
    </section>
  );
}

function StateIcon({ job }: { readonly job: MetadataJobDto }) {
  if (!isOver(job)) return <Spinner className="shrink-0 text-primary" />;
  const Icon = job.state === 'done' ? CircleCheck : CircleSlash;
  return <Icon aria-hidden className={`size-4 shrink-0 ${job.state === 'done' ? 'text-success' : 'text-muted-foreground'}`} />;
}

function Result({ job }: { readonly job: MetadataJobDto }) {
  const lines = resultLines(job);
  const problems = problemLines(job);
  return (
    <>
      {job.problem === null ? null : <ProblemAlert problem={job.problem} className="m-3 mt-0" />}
      <Lines lines={lines} />
      {problems.length === 0 ? null : (
        <details className="border-t px-3 py-1.5 text-xs">
          <summary className="cursor-pointer">{formatCounted(problems.length, 'dataset')} could not be sampled</summary>
          <Lines lines={problems} />
        </details>
      )}
    </>
  );
}

function Lines({ lines }: { readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <ul className="max-h-32 list-disc space-y-0.5 overflow-y-auto py-1 pr-3 pl-12 text-xs text-muted-foreground">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
