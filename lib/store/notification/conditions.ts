import type { Db } from '#lib/platform/postgres/db.ts';

/** Conditions that arise by the passage of time alone, as facts to evaluate rules on. */
export interface ConnectionCondition {
  readonly id: string;
  readonly name: string;
  readonly signIn: 'delegated' | 'app_only';
  readonly certificateId: string | null;
  readonly credentialExpiresAt: Date | null;
  readonly tokenCache: { readonly updatedAt: Date };
  readonly gatewayId: string | null;
  readonly gatewayGroupId: string | null;
}

export async function listConnectionConditions(db: Db): Promise<ConnectionCondition[]> {
  return db.connection.findMany({
    select: {
      ...{
        id: true,
        name: true,
        signIn: true,
        certificateId: true,
        credentialExpiresAt: true,
        gatewayId: true,
        gatewayGroupId: true,
      },
      tokenCache: { select: { updatedAt: true } },
    },
  });
}

export interface GatewayCondition {
  readonly id: string;
  readonly name: string;
  readonly groupId: string | null;
  readonly lastSeenAt: Date | null;
}

/** Gateways that should be connected: registered and not deactivated. */
export async function listGatewayConditions(db: Db): Promise<GatewayCondition[]> {
  return db.gateway.findMany({
    where: { deactivatedAt: null, registeredAt: { not: null } },
    select: { id: true, name: true, groupId: true, lastSeenAt: true },
  });
}

export interface TaskCondition {
  readonly id: string;
  readonly name: string;
  readonly connectionId: string;
  readonly createdAt: Date;
  /** When a dataset of the task was last published; null: never. */
  readonly landedAt: Date | null;
}

/** Tasks that are not paused. */
export async function listTaskConditions(db: Db): Promise<TaskCondition[]> {
  return db.$queryRaw<TaskCondition[]>`
    SELECT t.id, t.name, t.connection_id AS "connectionId", t.created_at AS "createdAt",
      (SELECT max(d.ended_at) FROM runs r JOIN dataset_runs d ON d.run_id = r.id
        WHERE r.task_id = t.id AND d.state IN ('done', 'partial')) AS "landedAt"
    FROM tasks t WHERE t.paused_at IS NULL`;
}

export interface MissedCondition {
  readonly scheduleId: string;
  readonly taskId: string;
  readonly taskName: string;
  readonly connectionId: string;
  /** When a worker found the missed times. */
  readonly handledAt: Date;
  readonly times: number;
  readonly first: Date;
  readonly last: Date;
}

/** Planned times without a run, grouped by the check that found them; only checks since `since`. */
export async function listMissedFirings(db: Db, since: Date): Promise<MissedCondition[]> {
  return db.$queryRaw<MissedCondition[]>`
    SELECT f.schedule_id AS "scheduleId", t.id AS "taskId", t.name AS "taskName", t.connection_id AS "connectionId",
      f.handled_at AS "handledAt", count(*)::int AS times, min(f.planned_at) AS first, max(f.planned_at) AS last
    FROM schedule_firings f JOIN schedules s ON s.id = f.schedule_id JOIN tasks t ON t.id = s.task_id
    WHERE f.outcome = 'missed' AND f.handled_at >= ${since}
    GROUP BY 1, 2, 3, 4, 5`;
}
