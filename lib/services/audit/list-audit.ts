import { z } from 'zod';
import { type ActorRef, parseActorKey } from '#lib/domain/account/actor.ts';
import { AuditFilter, type AuditPageDto, auditRange } from '#lib/domain/account/audit.ts';
import { InvalidInputError } from '#lib/platform/errors.ts';
import { type AuditRow, listAuditRows, namesOf, toAuditEventDto } from '#lib/store/account/audit.ts';
import type { Call, Context } from '../context.ts';
import { requireRole } from '../require-role.ts';

export const ListAuditInput = AuditFilter.extend({
  /** `next` of the previous page. */
  cursor: z.string().max(200).nullable().default(null),
  limit: z.number().int().min(1).max(1000).default(50),
});
export type ListAuditInput = z.input<typeof ListAuditInput>;

/**
 * A page of the audit trail, newest first; for administrators. Continues after the last event of the previous page, so that events that are
 * added meanwhile do not shift it.
 * @throws InvalidInputError at `cursor`, `person`.
 */
export async function listAudit({ ctx, input }: Call<ListAuditInput>): Promise<AuditPageDto> {
  requireRole(ctx, 'admin', 'reads');
  const { cursor, limit, ...filter } = ListAuditInput.parse(input);
  const { person, kind, action, subject } = filter;
  const actor = person === null ? null : readActor(person);
  const after = cursor === null ? null : readCursor(cursor);
  const rows = await listAuditRows(ctx.db, { actor, kind, action, subject, ...auditRange(filter), after, limit: limit + 1 });
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return { events: await withNames(ctx, page), next: last === undefined ? null : `${last.at.toISOString()}~${last.id}` };
}

async function withNames(ctx: Pick<Context, 'db'>, rows: readonly AuditRow[]): Promise<AuditPageDto['events']> {
  const ids = rows.flatMap(({ subjectId }) => subjectId ?? []);
  const names = await namesOf(ctx.db, [...new Set(ids)]);
  return rows.map((row) => toAuditEventDto(row, names));
}

function readActor(person: string): Pick<ActorRef, 'kind' | 'id'> {
  const actor = parseActorKey(person);
  if (actor !== null) return actor;
  throw new InvalidInputError({
    code: 'invalid-input',
    title: 'This is not an actor of the audit trail.',
    remedy: 'Send a kind and an id, such as `user:user_…` or `apiToken:tok_…`, or `cli`.',
    fixer: 'you',
    field: 'person',
  });
}

function readCursor(cursor: string): { readonly at: Date; readonly id: string } {
  const [at = '', id = ''] = cursor.split('~');
  if (!Number.isNaN(Date.parse(at)) && id !== '') return { at: new Date(at), id };
  throw new InvalidInputError({
    code: 'cursor',
    title: 'This is not a cursor of the audit trail.',
    remedy: 'Send `next` of the previous page unchanged, or leave it out to start with the newest event.',
    fixer: 'you',
    field: 'cursor',
  });
}
