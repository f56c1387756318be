'use client';

import { Badge } from '#components/ui/badge.tsx';
import { formatCounted } from '#lib/domain/format.ts';
import type { ImportChangeDto, ImportPreviewDto, ImportProblemDto } from '#lib/domain/metadata/metadata.ts';

/** The changes that a file would make, or its mistakes with their positions. */
export function ImportPreview({ preview }: { readonly preview: ImportPreviewDto }) {
  if (preview.problems.length > 0) return <Problems problems={preview.problems} />;
  const changed = preview.datasets.filter(({ action }) => action !== 'same');
  const same = preview.datasets.length - changed.length;
  return (
    <section aria-label="Difference" className="space-y-2">
      <p className="text-sm">
        {changed.length === 0 ? 'The file changes nothing.' : `The file changes ${formatCounted(changed.length, 'dataset')}.`}
        <span className="text-muted-foreground">
          {' '}
          {formatCounted(same, 'dataset')} without a difference, {formatCounted(preview.untouched.length, 'dataset')} not in the
          file and not changed.
        </span>
      </p>
      <div className="max-h-64 divide-y overflow-y-auto rounded-md border empty:hidden">
        {changed.map((change) => (
          <Change key={change.dataset} change={change} />
        ))}
      </div>
    </section>
  );
}

function Change({ change: { dataset, action, changes } }: { readonly change: ImportChangeDto }) {
  return (
    <details className="px-3 py-1.5">
      <summary className="cursor-pointer text-sm">
        <span className="font-mono text-xs">{dataset}</span>{' '}
        {action === 'add' ? (
          <Badge variant="success">new</Badge>
        ) : (
          <Badge variant="info">{formatCounted(changes.length, 'change')}</Badge>
        )}
      </summary>
      <ul className="mt-1 space-y-1 font-mono text-xs">
        {changes.map(({ path, before, after }) => (
          <li key={path} className="break-all">
            <span className="text-muted-foreground">{path}</span> <del className="text-destructive">{before ?? '–'}</del>{' '}
            <ins className="text-success no-underline">{after ?? '–'}</ins>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Problems({ problems }: { readonly problems: readonly ImportProblemDto[] }) {
  return (
    <section role="alert" className="space-y-1.5 rounded-md border border-destructive/30 bg-destructive/5 p-3">
      <p className="text-sm font-medium text-destructive">
        The file cannot be imported: {formatCounted(problems.length, 'problem')}.
      </p>
      <ul className="max-h-56 space-y-1.5 overflow-y-auto text-sm">
        {problems.map((problem) => (
          <li key={`${problem.path}:${problem.line}:${problem.message}`}>
            <code className="font-mono text-xs break-all">
              {problem.path === '' ? 'document' : problem.path}
              {problem.line === null
                ? ''
                : `, line ${problem.line}${problem.column === null ? '' : `, column ${problem.column}`}`}
            </code>
            <span className="block">{problem.message}</span>
            <span className="block text-muted-foreground">{problem.remedy}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
