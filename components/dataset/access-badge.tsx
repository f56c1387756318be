import { CircleHelp, CloudOff, KeyRound, type LucideIcon, ShieldAlert, ShieldCheck, UserRound } from 'lucide-react';
import { Tooltip } from '#components/ui/overlay/tooltip.tsx';
import type { DatasetAccess } from '#lib/domain/dataset/dataset.ts';

/** Label, icon and colour of each access. */
export const ACCESS_BADGES = {
  granted: { label: 'Granted', icon: ShieldCheck, text: 'text-success', border: 'border-success/25' },
  'missing-permission': { label: 'Missing permission', icon: ShieldAlert, text: 'text-warning', border: 'border-warning/30' },
  'delegated-only': { label: 'Not app-only', icon: UserRound, text: 'text-muted-foreground', border: 'border-input' },
  'needs-licence': {
    label: 'Needs licence',
    icon: KeyRound,
    text: 'text-violet-800 dark:text-violet-300',
    border: 'border-violet-600/25',
  },
  'not-in-cloud': { label: 'Not in this cloud', icon: CloudOff, text: 'text-muted-foreground', border: 'border-input' },
  unknown: { label: 'Not probed', icon: CircleHelp, text: 'text-muted-foreground', border: 'border-input' },
} as const satisfies Record<DatasetAccess, { label: string; icon: LucideIcon; text: string; border: string }>;

interface AccessBadgeProps {
  readonly access: DatasetAccess;
  /** The reason; shown on hover and focus, and read with the badge. */
  readonly reason: string | null;
}

/** Access of the connection to a dataset; shows the reason on hover and focus. */
export function AccessBadge({ access, reason }: AccessBadgeProps) {
  const { label, icon: Icon, text, border } = ACCESS_BADGES[access];
  const badge = `inline-flex max-w-full items-center gap-1 rounded-full border px-1.5 py-px text-[11px] leading-4 font-medium ${border} ${text}`;
  const content = (
    <>
      <Icon aria-hidden className="size-3 shrink-0" />
      <span className="truncate">{label}</span>
    </>
  );
  if (reason === null) return <span className={badge}>{content}</span>;
  return (
    <Tooltip words={reason} side="bottom">
      <button type="button" className={`${badge} cursor-help`} aria-label={`${label}: ${reason}`}>
        {content}
      </button>
    </Tooltip>
  );
}
