import { ArrowUpRight, TriangleAlert } from 'lucide-react';
import type { Fixer, Problem, ProblemReference } from '#lib/domain/problem.ts';
import { cn } from '../cn.ts';
import { CopyButton } from '../copy-button.tsx';

const FIXER_WORDS = {
  you: 'You can solve this problem yourself.',
  'tenant-admin': 'A tenant administrator can solve this problem.',
  operator: 'The operator of Entrada can solve this problem.',
} satisfies Record<Fixer, string>;

const REFERENCE_LABEL = {
  aadsts: 'Entra error',
  graphCode: 'Graph error',
  httpStatus: 'HTTP status',
  correlationId: 'Correlation ID',
  requestId: 'Request ID',
  timestamp: 'Time',
} satisfies Record<keyof ProblemReference, string>;

/** A problem: what happened, the remedy, who can fix it, and the ids for support. */
export function ProblemAlert({ problem, className }: { readonly problem: Problem; readonly className?: string }) {
  const fixer = problem.fixer === undefined ? null : FIXER_WORDS[problem.fixer];
  return (
    <div
      role="alert"
      className={cn('flex gap-2.5 rounded-md border border-destructive/30 bg-destructive/5 p-3 text-sm', className)}
    >
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-destructive" />
      <div className="min-w-0 flex-1 space-y-1.5">
        <p className="font-medium text-destructive">{problem.title}</p>
        {problem.detail === undefined ? null : <p className="break-words text-muted-foreground">{problem.detail}</p>}
        {problem.remedy === undefined ? null : <p className="text-pretty">{problem.remedy}</p>}
        {fixer === null ? null : <p className="text-muted-foreground">{fixer}</p>}
        {problem.link === undefined ? null : (
          <a
            href={problem.link}
            target="_blank"
            rel="noreferrer"
            className="inline-flex items-center gap-1 text-primary underline underline-offset-2"
          >
            Read more
            <ArrowUpRight aria-hidden className="size-3.5" />
          </a>
        )}
        {problem.reference === undefined ? null : <References reference={problem.reference} />}
      </div>
    </div>
  );
}

function References({ reference }: { readonly reference: ProblemReference }) {
  const lines = (Object.keys(REFERENCE_LABEL) as (keyof ProblemReference)[]).flatMap((key) => {
    const value = reference[key];
    return value === undefined ? [] : [{ label: REFERENCE_LABEL[key], value: String(value) }];
  });
  if (lines.length === 0) return null;
  return (
    <details className="group text-xs">
      <summary className="flex w-fit cursor-pointer items-center gap-1 rounded-sm text-muted-foreground hover:text-foreground">
        Details for support
      </summary>
      <div className="mt-1.5 flex items-start gap-1">
        <dl className="grid min-w-0 flex-1 grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5">
          {lines.map((line) => (
            <div key={line.label} className="contents">
              <dt className="text-muted-foreground">{line.label}</dt>
              <dd className="font-mono break-all">{line.value}</dd>
            </div>
          ))}
        </dl>
        <CopyButton value={lines.map((line) => `${line.label}: ${line.value}`).join('\n')} label="Copy details for support" />
      </div>
    </details>
  );
}
