import type { GatewayRef } from '#lib/domain/gateway/gateway.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** The gateway or group that reaches a connection or a target; null: the server itself. */
export function gatewayRefOf(row: { readonly gateway: Named | null; readonly gatewayGroup: Named | null }): GatewayRef | null {
  if (row.gateway !== null) return { kind: 'gateway', ...row.gateway };
  return row.gatewayGroup === null ? null : { kind: 'group', ...row.gatewayGroup };
}
