import Link from 'next/link';
import type { GatewayRef } from '#lib/domain/gateway/gateway.ts';

interface GatewayNameProps {
  readonly gateway: GatewayRef | null;
  /** Text where there is none. */
  readonly none?: string;
}

/** Name of the gateway that reaches a tenant or a target, with a link to it. */
export function GatewayName({ gateway, none = 'None' }: GatewayNameProps) {
  if (gateway === null) return none;
  return (
    <Link
      href={gateway.kind === 'gateway' ? `/gateways/${gateway.id}` : '/gateways#groups'}
      className="rounded-sm underline decoration-border underline-offset-4 outline-none hover:decoration-foreground focus-visible:ring-2 focus-visible:ring-ring"
    >
      {gateway.kind === 'gateway' ? gateway.name : `${gateway.name} (group)`}
    </Link>
  );
}
