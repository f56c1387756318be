import type { ActorKind, ActorRef } from '#lib/domain/account/actor.ts';
import type { AuditEventDto } from '#lib/domain/account/audit.ts';
import { newId } from '#lib/platform/id.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import type { JsonValue } from '#lib/store/json.ts';
import type { Prisma } from '#prisma/generated/client.ts';

export interface AuditEntry {
  readonly actor: ActorRef;
  /** E.g. `connection.create`. */
  readonly action: string;
  readonly subjectId: string | null;
  /** Facts without secrets. */
  readonly detail?: Readonly<Record<string, JsonValue>>;
  readonly at: Date;
}

/** Writes one audit event. Call it in the transaction of the audited write, so that both are stored or neither. */
export async function appendAudit(tx: Db | Tx, entry: AuditEntry): Promise<void> {
  await tx.auditEvent.create({
    data: {
      id: newId('aud'),
      at: entry.at,
      actorKind: entry.actor.kind,
      actorId: entry.actor.id,
      actorUserId: entry.actor.userId,
      actorName: entry.actor.name,
      action: entry.action,
      subjectId: entry.subjectId,
      ...(entry.detail === undefined ? {} : { detail: { ...entry.detail } }),
    },
    select: { id: true },
  });
}

const ACTOR = { actorKind: true, actorId: true, actorUserId: true, actorName: true } as const;
const EVENT = { id: true, at: true, ...ACTOR, action: true, subjectId: true, detail: true } as const;

export interface AuditRow {
  readonly id: string;
  readonly at: Date;
  readonly actorKind: ActorKind;
  readonly actorId: string | null;
  readonly actorUserId: string | null;
  readonly actorName: string;
  readonly action: string;
  readonly subjectId: string | null;
  /** Written only by appendAudit. */
  readonly detail: unknown;
}

export interface AuditQuery {
  readonly kind: ActorKind | null;
  /** A person includes actions in their name. */
  readonly actor: Pick<ActorRef, 'kind' | 'id'> | null;
  /** `connection.create`, or `connection.*`. */
  readonly action: string | null;
  readonly subject: string | null;
  /** Inclusive. */
  readonly from: Date | null;
  /** Exclusive. */
  readonly until: Date | null;
  /** The last event of the previous page. */
  readonly after: { readonly at: Date; readonly id: string } | null;
  readonly limit: number;
}

/** Audit events, newest first. Events of the same millisecond are ordered by id, so that paging neither omits nor repeats one. */
export async function listAuditRows(db: Db, query: AuditQuery): Promise<AuditRow[]> {
  const { kind, actor, action, subject, from, until, after } = query;
  const conditions: Prisma.AuditEventWhereInput[] = [
    ...(kind === null ? [] : [{ actorKind: kind }]),
    ...(actor === null ? [] : [byActor(actor)]),
    ...(action === null ? [] : [action.endsWith('.*') ? { action: { startsWith: action.slice(0, -1) } } : { action }]),
    ...(subject === null ? [] : [aboutSubject(subject)]),
    ...(from === null ? [] : [{ at: { gte: from } }]),
    ...(until === null ? [] : [{ at: { lt: until } }]),
    ...(after === null ? [] : [{ OR: [{ at: { lt: after.at } }, { at: after.at, id: { lt: after.id } }] }]),
  ];
  return db.auditEvent.findMany({
    where: { AND: conditions },
    select: EVENT,
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: query.limit,
  });
}

function byActor({ kind, id }: Pick<ActorRef, 'kind' | 'id'>): Prisma.AuditEventWhereInput {
  return kind === 'user' && id !== null ? { actorUserId: id } : { actorKind: kind, actorId: id };
}

function aboutSubject(text: string): Prisma.AuditEventWhereInput {
  return {
    OR: [
      { subjectId: text },
      ...['connectionId', 'taskId'].map((key) => ({ detail: { path: [key], equals: text } })),
      ...['name', 'account', 'email'].map((key) => ({
        detail: { path: [key], string_contains: text, mode: 'insensitive' as const },
      })),
    ],
  };
}

/** Actors, actions and subjects that occur in the audit trail. */
export async function listAuditFacets(
  db: Db,
): Promise<{ readonly actors: readonly Omit<ActorRef, 'userId'>[]; readonly actions: readonly string[] }> {
  const actors = await db.auditEvent.groupBy({ by: ['actorKind', 'actorId'], _max: { actorName: true } });
  const actions = await db.auditEvent.findMany({ distinct: ['action'], select: { action: true }, orderBy: { action: 'asc' } });
  const listed = actors.map(({ actorKind, actorId, _max }) => ({ kind: actorKind, id: actorId, name: _max.actorName ?? '' }));
  return { actors: listed, actions: actions.map(({ action }) => action) };
}

const NAMED = { id: true, name: true } as const;

/** Current names of the objects with these ids; omits ids of deleted or unnamed objects. */
export async function namesOf(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const of = (kind: string) => ({ where: { id: { in: ids.filter((id) => id.startsWith(`${kind}_`)) } } });
  const [users, connections, tasks, targets, gateways, groups, datasets, tokens, runs] = await Promise.all([
    db.user.findMany({ ...of('user'), select: { id: true, email: true } }),
    db.connection.findMany({ ...of('conn'), select: NAMED }),
    db.task.findMany({ ...of('task'), select: NAMED }),
    db.target.findMany({ ...of('targ'), select: NAMED }),
    db.gateway.findMany({ ...of('gw'), select: NAMED }),
    db.gatewayGroup.findMany({ ...of('gwg'), select: NAMED }),
    db.dataset.findMany({ ...of('ds'), select: NAMED }),
    db.apiToken.findMany({ ...of('tok'), select: NAMED }),
    db.run.findMany({ ...of('run'), select: { id: true, task: { select: { name: true } } } }),
  ]);
  return new Map([
    ...users.map(({ id, email }) => [id, email] as const),
    ...[...connections, ...tasks, ...targets, ...gateways, ...groups, ...datasets, ...tokens].map(
      ({ id, name }) => [id, name] as const,
    ),
    ...runs.map(({ id, task }) => [id, task.name] as const),
  ]);
}

export function toAuditEventDto(row: AuditRow, names: ReadonlyMap<string, string>): AuditEventDto {
  const detail = (row.detail ?? {}) as Readonly<Record<string, unknown>>;
  const then = [detail['name'], detail['account']].find((name) => typeof name === 'string') ?? null;
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: { kind: row.actorKind, id: row.actorId, userId: row.actorUserId, name: row.actorName },
    action: row.action,
    subjectId: row.subjectId,
    subjectName: names.get(row.subjectId ?? '') ?? then,
    detail,
  };
}
