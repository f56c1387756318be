import { Check, CircleAlert, CircleHelp, CircleMinus, CornerDownRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { CopyButton } from '#components/ui/copy-button.tsx';
import type { PermissionReview } from '#lib/domain/connection/connection.ts';
import { formatCounted } from '#lib/domain/format.ts';

const STATES = {
  missing: { label: 'Missing', icon: <CircleAlert aria-hidden className="size-3.5 text-warning" /> },
  optional: { label: 'Optional', icon: <CircleAlert aria-hidden className="size-3.5 text-muted-foreground" /> },
  unknown: { label: 'Unknown', icon: <CircleHelp aria-hidden className="size-3.5 text-muted-foreground" /> },
  granted: { label: 'Granted', icon: <Check aria-hidden className="size-3.5 text-success" /> },
  covered: { label: 'Covered', icon: <CornerDownRight aria-hidden className="size-3.5 text-success" /> },
  'not-needed': { label: 'Not needed', icon: <CircleMinus aria-hidden className="size-3.5 text-muted-foreground" /> },
} as const satisfies Record<PermissionReview['state'], { label: string; icon: ReactNode }>;

/** Needed, granted, missing and unneeded permissions, missing ones first. */
export function PermissionTable({ review }: { readonly review: readonly PermissionReview[] }) {
  const count = (state: PermissionReview['state']) => review.filter((row) => row.state === state).length;
  const missing = review.filter((row) => row.state === 'missing').map(({ name }) => name);
  const unknown = count('unknown');
  return (
    <section aria-label="Permissions" className="overflow-hidden rounded-md border bg-card">
      <div
        // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable by keyboard
        tabIndex={0}
        className="max-h-72 overflow-y-auto focus-visible:-outline-offset-2"
      >
        <table className="w-full text-left text-xs">
          <thead className="sticky top-0 bg-muted">
            <tr>
              <th scope="col" className="px-2.5 py-1.5 font-medium">
                Permission
              </th>
              <th scope="col" className="px-2.5 py-1.5 font-medium">
                State
              </th>
              <th scope="col" className="px-2.5 py-1.5 font-medium">
                For
              </th>
            </tr>
          </thead>
          <tbody>
            {review.map((row) => (
              <Row key={row.name} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      <div className="flex flex-wrap items-center gap-2 border-t px-2.5 py-1.5 text-xs text-muted-foreground">
        <span className="tabular-nums">
          {count('granted') + count('covered')} granted, {count('missing')} missing, {count('not-needed')} not needed
          {unknown === 0 ? '' : `, ${unknown} unknown (the token does not list its permissions)`}
        </span>
        {missing.length === 0 ? null : (
          <span className="ml-auto">
            <CopyButton value={missing.join('\n')} size="sm">
              Copy missing
            </CopyButton>
          </span>
        )}
      </div>
    </section>
  );
}

function Row({ row }: { readonly row: PermissionReview }) {
  const { label, icon } = STATES[row.state];
  return (
    <tr className="border-t">
      <td className="px-2.5 py-1 font-mono break-all">{row.name}</td>
      <td className="px-2.5 py-1 whitespace-nowrap">
        <span className="inline-flex items-center gap-1.5">
          {icon}
          {label}
        </span>
      </td>
      <td className="px-2.5 py-1 text-muted-foreground" title={row.datasets.join(', ')}>
        {row.coveredBy === null ? reason(row) : `covered by ${row.coveredBy}`}
      </td>
    </tr>
  );
}

const NAMED = 2;

function reason({ datasets, state, name }: PermissionReview): string {
  if (datasets.length === 0)
    return state === 'not-needed' ? 'no dataset' : name === 'User.Read' ? 'signing in' : 'replaces other permissions';
  const named = datasets.slice(0, NAMED).join(', ');
  return datasets.length > NAMED ? `${named} and ${formatCounted(datasets.length - NAMED, 'more', 'more')}` : named;
}
