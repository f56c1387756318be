import { Badge } from '#components/ui/badge.tsx';
import type { ChangeDto } from '#lib/domain/run/run.ts';

const LOOK = {
  insert: { label: 'Inserted', variant: 'success' },
  update: { label: 'Updated', variant: 'info' },
  delete: { label: 'Deleted', variant: 'danger' },
} as const;

/** Columns that identify a row for people; the first existing ones are shown. */
const NAMING = ['displayName', 'userPrincipalName', 'mail', 'type', 'appId', 'department'];
const SHOWN_MAX = 4;

/** Changes with the row that each concerns, and for updates each column before and after. */
export function ChangeList({ changes }: { readonly changes: readonly ChangeDto[] }) {
  return (
    <ul className="divide-y overflow-hidden rounded-lg border bg-card">
      {changes.map((change) => (
        <li
          key={`${change.operation}/${change.key}`}
          className="grid gap-x-4 gap-y-1.5 px-4 py-2.5 sm:grid-cols-[6rem_minmax(0,1fr)]"
        >
          <div>
            <Badge variant={LOOK[change.operation].variant}>{LOOK[change.operation].label}</Badge>
          </div>
          <div className="min-w-0 space-y-1">
            <p className="text-sm">
              <bdi className="font-medium">{nameOf(change)}</bdi>{' '}
              <code className="font-mono text-[11px] break-all text-muted-foreground">{change.key}</code>
            </p>
            {change.operation === 'update' ? (
              <Differences change={change} />
            ) : (
              <Facts row={change.after ?? change.before ?? {}} />
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

function nameOf({ after, before }: ChangeDto): string {
  const row = after ?? before ?? {};
  const name = NAMING.map((column) => row[column]).find((value) => typeof value === 'string' && value !== '');
  return typeof name === 'string' ? name : '';
}

function Differences({ change }: { readonly change: ChangeDto }) {
  return (
    <dl className="grid grid-cols-[minmax(6rem,auto)_minmax(0,1fr)] gap-x-3 gap-y-1 text-xs">
      {change.changedColumns.map((column) => (
        <div key={column} className="contents">
          <dt className="font-mono text-muted-foreground">{column}</dt>
          <dd className="flex min-w-0 flex-wrap items-baseline gap-x-1.5">
            <del className="break-all text-red-700 decoration-red-700/40 dark:text-red-300">
              {textOf(change.before?.[column])}
            </del>
            <span aria-hidden>→</span>
            <ins className="break-all text-emerald-700 no-underline dark:text-emerald-300">{textOf(change.after?.[column])}</ins>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Facts({ row }: { readonly row: Readonly<Record<string, unknown>> }) {
  const facts = NAMING.slice(1)
    .map((column) => [column, row[column]] as const)
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .slice(0, SHOWN_MAX);
  if (facts.length === 0) return null;
  return (
    <p className="text-xs break-all text-muted-foreground">
      {facts.map(([column, value]) => `${column}: ${textOf(value)}`).join('  ·  ')}
    </p>
  );
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
