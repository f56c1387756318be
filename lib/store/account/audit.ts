import type { AuditEventDto } from '#lib/domain/account/audit.ts';
import { newId } from '#lib/platform/id.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import type { JsonValue } from '#lib/store/json.ts';
import type { Prisma } from '#prisma/generated/client.ts';

export interface AuditEntry {
  /** `user:user_…`, `job:reload-run`, `cli`, `setup` */
  readonly actor: string;
  /** E.g. `connection.create`. */
  readonly action: string;
  readonly subjectId: string | null;
  /** Facts without secrets. */
  readonly detail?: Readonly<Record<string, JsonValue>>;
  readonly at: Date;
}

/** Writes one line of the audit trail; in the transaction of the write that it tells of, so that neither is without the other. */
export async function appendAudit(tx: Db | Tx, entry: AuditEntry): Promise<void> {
  await tx.auditEvent.create({
    data: {
      id: newId('aud'),
      at: entry.at,
      actor: entry.actor,
      action: entry.action,
      subjectId: entry.subjectId,
      ...(entry.detail === undefined ? {} : { detail: { ...entry.detail } }),
    },
    select: { id: true },
  });
}

const EVENT = { id: true, at: true, actor: true, action: true, subjectId: true, detail: true } as const;

export interface AuditRow {
  readonly id: string;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly subjectId: string | null;
  /** Only ever written by appendAudit. */
  readonly detail: unknown;
}

export interface AuditQuery {
  readonly actor: string | null;
  /** `connection.create`, or `connection.*`. */
  readonly action: string | null;
  readonly subject: string | null;
  /** Inclusive. */
  readonly from: Date | null;
  /** Exclusive. */
  readonly until: Date | null;
  /** The last line of the page before. */
  readonly after: { readonly at: Date; readonly id: string } | null;
  readonly limit: number;
}

/** Lines of the trail, the newest first. Lines of one millisecond are told apart by their ids, so that none is left out or comes twice. */
export async function listAuditRows(db: Db, query: AuditQuery): Promise<AuditRow[]> {
  const { actor, action, subject, from, until, after } = query;
  const conditions: Prisma.AuditEventWhereInput[] = [
    ...(actor === null ? [] : [{ actor }]),
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

/** Who and what there is in the trail. */
export async function listAuditFacets(
  db: Db,
): Promise<{ readonly actors: readonly string[]; readonly actions: readonly string[] }> {
  const actors = await db.auditEvent.findMany({ distinct: ['actor'], select: { actor: true }, orderBy: { actor: 'asc' } });
  const actions = await db.auditEvent.findMany({ distinct: ['action'], select: { action: true }, orderBy: { action: 'asc' } });
  return { actors: actors.map(({ actor }) => actor), actions: actions.map(({ action }) => action) };
}

const NAMED = { id: true, name: true } as const;

/** What things of these ids are called now; ids of things that are gone or have no name are left out. */
export async function namesOf(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const of = (kind: string) => ({ where: { id: { in: ids.filter((id) => id.startsWith(`${kind}_`)) } } });
  const [users, connections, tasks, datasets, tokens, runs] = await Promise.all([
    db.user.findMany({ ...of('user'), select: { id: true, email: true } }),
    db.connection.findMany({ ...of('conn'), select: NAMED }),
    db.task.findMany({ ...of('task'), select: NAMED }),
    db.dataset.findMany({ ...of('ds'), select: NAMED }),
    db.apiToken.findMany({ ...of('tok'), select: NAMED }),
    db.run.findMany({ ...of('run'), select: { id: true, task: { select: { name: true } } } }),
  ]);
  return new Map([
    ...users.map(({ id, email }) => [id, email] as const),
    ...[...connections, ...tasks, ...datasets, ...tokens].map(({ id, name }) => [id, name] as const),
    ...runs.map(({ id, task }) => [id, task.name] as const),
  ]);
}

const ACTOR_NAME: Readonly<Record<string, string>> = { cli: 'Command line', setup: 'Set-up' };

/** The person behind an actor, or what else it was. */
export function actorNameOf(actor: string, names: ReadonlyMap<string, string>): string {
  const colon = actor.indexOf(':');
  const id = actor.slice(colon + 1);
  if (actor.startsWith('user:')) return names.get(id) ?? id;
  return actor.startsWith('job:') ? `Job ${id}` : (ACTOR_NAME[actor] ?? actor);
}

export function toAuditEventDto(row: AuditRow, names: ReadonlyMap<string, string>): AuditEventDto {
  const detail = (row.detail ?? {}) as Readonly<Record<string, unknown>>;
  const then = [detail['name'], detail['account']].find((name) => typeof name === 'string') ?? null;
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: row.actor,
    actorName: actorNameOf(row.actor, names),
    action: row.action,
    subjectId: row.subjectId,
    subjectName: names.get(row.subjectId ?? '') ?? then,
    detail,
  };
}
