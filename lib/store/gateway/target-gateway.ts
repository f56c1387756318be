import type { GatewayIds } from '#lib/domain/gateway/gateway.ts';
import type { Db } from '#lib/platform/postgres/db.ts';

/** From where a target is reached; from the server when it is gone. */
export async function findTargetGateway(db: Db, targetId: string): Promise<GatewayIds> {
  const row = await db.target.findUnique({ where: { id: targetId }, select: { gatewayId: true, gatewayGroupId: true } });
  return row ?? { gatewayId: null, gatewayGroupId: null };
}
