import type { GatewayIds } from '#lib/domain/gateway/gateway.ts';
import type { Db } from '#lib/platform/postgres/db.ts';

/** The gateway that reaches a target; none (the server itself) when the target does not exist. */
export async function findTargetGateway(db: Db, targetId: string): Promise<GatewayIds> {
  const row = await db.target.findUnique({ where: { id: targetId }, select: { gatewayId: true, gatewayGroupId: true } });
  return row ?? { gatewayId: null, gatewayGroupId: null };
}
