import { AlertTriangle, Ban, CheckCircle2, CircleDashed, CircleX, LoaderCircle } from 'lucide-react';
import type { DatasetRunState, RunState } from '#lib/domain/run/run.ts';
import { DATASET_RUN_STATE_LABEL, RUN_STATE_LABEL } from '#lib/domain/run/run.ts';

type Look = 'waiting' | 'working' | 'good' | 'doubtful' | 'bad' | 'stopped';

const LOOK_OF_RUN = {
  queued: 'waiting',
  running: 'working',
  cancelling: 'working',
  done: 'good',
  partial: 'doubtful',
  failed: 'bad',
  cancelled: 'stopped',
} satisfies Record<RunState, Look>;

const LOOK_OF_DATASET = {
  queued: 'waiting',
  waiting: 'waiting',
  reading: 'working',
  publishing: 'working',
  done: 'good',
  partial: 'doubtful',
  failed: 'bad',
  incomplete: 'doubtful',
  cancelled: 'stopped',
} satisfies Record<DatasetRunState, Look>;

const LOOKS = {
  waiting: { icon: CircleDashed, className: 'text-muted-foreground', spin: false },
  working: { icon: LoaderCircle, className: 'text-sky-700 dark:text-sky-300', spin: true },
  good: { icon: CheckCircle2, className: 'text-emerald-700 dark:text-emerald-300', spin: false },
  doubtful: { icon: AlertTriangle, className: 'text-amber-700 dark:text-amber-300', spin: false },
  bad: { icon: CircleX, className: 'text-red-700 dark:text-red-300', spin: false },
  stopped: { icon: Ban, className: 'text-muted-foreground', spin: false },
} as const satisfies Record<Look, unknown>;

/** State of a run as a coloured label. */
export function RunStateBadge({ state }: { readonly state: RunState }) {
  return <StateMark look={LOOK_OF_RUN[state]} label={RUN_STATE_LABEL[state]} />;
}

/** State of one dataset of a run as a coloured label. */
export function DatasetStateBadge({ state }: { readonly state: DatasetRunState }) {
  return <StateMark look={LOOK_OF_DATASET[state]} label={DATASET_RUN_STATE_LABEL[state]} />;
}

function StateMark({ look, label }: { readonly look: Look; readonly label: string }) {
  const { icon: Icon, className, spin } = LOOKS[look];
  return (
    <span className={`inline-flex items-center gap-1.5 text-xs font-medium whitespace-nowrap ${className}`}>
      <Icon aria-hidden className={`size-3.5 shrink-0 ${spin ? 'motion-safe:animate-spin' : ''}`} />
      {label}
    </span>
  );
}
