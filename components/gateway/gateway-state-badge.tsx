import { ArrowUpCircle, Ban, CircleCheck, CircleDashed, CircleX, Unplug } from 'lucide-react';
import { GATEWAY_STATE_LABEL, type GatewayState } from '#lib/domain/gateway/gateway.ts';

const LOOKS = {
  connected: { icon: CircleCheck, className: 'text-emerald-700 dark:text-emerald-300' },
  disconnected: { icon: Unplug, className: 'text-amber-700 dark:text-amber-300' },
  'never-connected': { icon: CircleDashed, className: 'text-muted-foreground' },
  'upgrade-available': { icon: ArrowUpCircle, className: 'text-sky-700 dark:text-sky-300' },
  'unsupported-version': { icon: CircleX, className: 'text-red-700 dark:text-red-300' },
  deactivated: { icon: Ban, className: 'text-muted-foreground' },
} as const satisfies Record<GatewayState, unknown>;

/** State of a data gateway as a coloured label. */
export function GatewayStateBadge({ state }: { readonly state: GatewayState }) {
  const { icon: Icon, className } = LOOKS[state];
  return (
    <span className={`inline-flex items-center gap-1.5 text-xs font-medium whitespace-nowrap ${className}`}>
      <Icon aria-hidden className="size-3.5 shrink-0" />
      {GATEWAY_STATE_LABEL[state]}
    </span>
  );
}
