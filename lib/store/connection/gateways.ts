import type { Db } from '#lib/platform/postgres/db.ts';

export interface GatewayRow {
  readonly id: string;
  readonly name: string;
  readonly lastSeenAt: Date | null;
}

export async function listGatewayRows(db: Db): Promise<GatewayRow[]> {
  return db.gateway.findMany({ select: { id: true, name: true, lastSeenAt: true }, orderBy: { name: 'asc' } });
}

export async function gatewayExists(db: Db, id: string): Promise<boolean> {
  return (await db.gateway.count({ where: { id } })) > 0;
}
