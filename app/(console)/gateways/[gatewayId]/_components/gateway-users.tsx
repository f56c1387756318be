import Link from 'next/link';
import { TitledCard } from '#components/ui/layout/titled-card.tsx';
import type { GatewayDetailDto } from '#lib/domain/gateway/gateway-dto.ts';

/** Connections and targets that are reached through a gateway. */
export function GatewayUsers({ gateway: { connections, targets } }: { readonly gateway: GatewayDetailDto }) {
  const links = [
    ...connections.map(({ id, name }) => ({ href: `/connections/${id}`, name, kind: 'Connection' })),
    ...targets.map(({ id, name }) => ({ href: `/targets/${id}`, name, kind: 'Target' })),
  ];
  return (
    <TitledCard title="Used by">
      {links.length === 0 ? (
        <p className="px-4 py-3 text-sm text-muted-foreground">
          Nothing uses this gateway yet. Choose it in the field Data gateway of a connection, or in the field Reached from of a
          target.
        </p>
      ) : (
        <ul className="divide-y">
          {links.map(({ href, name, kind }) => (
            <li key={href} className="flex items-baseline justify-between gap-3 px-4 py-2.5 text-sm">
              <Link
                href={href}
                className="min-w-0 truncate rounded-sm underline decoration-border underline-offset-4 outline-none hover:decoration-foreground focus-visible:ring-2 focus-visible:ring-ring"
              >
                {name}
              </Link>
              <span className="text-xs text-muted-foreground">{kind}</span>
            </li>
          ))}
        </ul>
      )}
    </TitledCard>
  );
}
