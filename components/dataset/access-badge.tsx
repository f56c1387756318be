import { KeyRound, ShieldAlert, ShieldCheck } from 'lucide-react';
import type { DatasetAccess } from '#lib/domain/dataset.ts';

interface AccessBadgeProps {
  readonly access: DatasetAccess;
  /** Any of these lets the dataset be read, the least one first. */
  readonly permissions: readonly string[];
}

const WORDS = { 'needs-licence': 'Needs a licence', 'not-in-cloud': 'Not in this cloud', unknown: 'Not known' } as const;

/** Whether the connection's token may read a dataset, and what it lacks if not. */
export function AccessBadge({ access, permissions }: AccessBadgeProps) {
  const least = permissions[0];
  if (access === 'granted') {
    return (
      <span className={`${BADGE} border-emerald-600/25 text-emerald-700 dark:text-emerald-300`}>
        <ShieldCheck aria-hidden className="size-3 shrink-0" />
        Granted
      </span>
    );
  }
  if (access !== 'missing-permission') {
    return (
      <span className={`${BADGE} border-amber-600/30 text-amber-800 dark:text-amber-300`}>
        <ShieldAlert aria-hidden className="size-3 shrink-0" />
        {WORDS[access]}
      </span>
    );
  }
  return (
    <span
      className={`${BADGE} border-amber-600/30 text-amber-800 dark:text-amber-300`}
      title={permissions.length > 1 ? `Any of: ${permissions.join(', ')}` : undefined}
    >
      <ShieldAlert aria-hidden className="size-3 shrink-0" />
      <span className="truncate">{least === undefined ? 'Missing permission' : `Needs ${least}`}</span>
    </span>
  );
}

/** Licence without which Graph refuses. */
export function LicenceBadge({ licence }: { readonly licence: string }) {
  return (
    <span className={`${BADGE} border-violet-600/25 text-violet-800 dark:text-violet-300`}>
      <KeyRound aria-hidden className="size-3 shrink-0" />
      <span className="truncate">Needs {licence}</span>
    </span>
  );
}

const BADGE = 'inline-flex max-w-full items-center gap-1 rounded-full border px-1.5 py-px text-[11px] leading-4 font-medium';
