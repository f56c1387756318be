import Link from 'next/link';
import { TimeAgo } from '#components/run/time-ago.tsx';
import { TitledCard } from '#components/ui/layout/titled-card.tsx';
import type { GatewayActivity } from '#lib/domain/gateway/gateway.ts';

/** Current work of a gateway. */
export function GatewayActivityList({ activity }: { readonly activity: readonly GatewayActivity[] }) {
  return (
    <TitledCard title="Now">
      {activity.length === 0 ? (
        <p className="px-4 py-3 text-sm text-muted-foreground">Nothing.</p>
      ) : (
        <ul className="divide-y">
          {activity.map(({ title, since, runId }) => (
            <li key={`${title} ${since} ${runId}`} className="px-4 py-2.5 text-sm">
              {runId === null ? (
                title
              ) : (
                <Link
                  href={`/runs/${runId}`}
                  className="rounded-sm underline decoration-border underline-offset-4 outline-none hover:decoration-foreground focus-visible:ring-2 focus-visible:ring-ring"
                >
                  {title}
                </Link>
              )}
              <p className="text-xs text-muted-foreground">
                started <TimeAgo at={since} />
              </p>
            </li>
          ))}
        </ul>
      )}
    </TitledCard>
  );
}
