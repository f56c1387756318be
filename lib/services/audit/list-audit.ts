import { z } from 'zod';
import { AuditFilter, type AuditPageDto, auditRange } from '#lib/domain/account/audit.ts';
import { InvalidInputError } from '#lib/platform/errors.ts';
import { type AuditRow, listAuditRows, namesOf, toAuditEventDto } from '#lib/store/account/audit.ts';
import type { Call, Context } from '../context.ts';
import { requireRole } from '../require-role.ts';

export const ListAuditInput = AuditFilter.extend({
  /** `next` of the page before. */
  cursor: z.string().max(200).nullable().default(null),
  limit: z.number().int().min(1).max(1000).default(50),
});
export type ListAuditInput = z.input<typeof ListAuditInput>;

/**
 * A page of the audit trail, the newest first; for administrators. Goes on by the last line that was seen, so lines that come in the
 * meantime move nothing.
 * @throws InvalidInputError `cursor`.
 */
export async function listAudit({ ctx, input }: Call<ListAuditInput>): Promise<AuditPageDto> {
  requireRole(ctx, 'admin', 'reads');
  const { cursor, limit, ...filter } = ListAuditInput.parse(input);
  const { person: actor, action, subject } = filter;
  const after = cursor === null ? null : readCursor(cursor);
  const rows = await listAuditRows(ctx.db, { actor, action, subject, ...auditRange(filter), after, limit: limit + 1 });
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return { events: await withNames(ctx, page), next: last === undefined ? null : `${last.at.toISOString()}~${last.id}` };
}

async function withNames(ctx: Pick<Context, 'db'>, rows: readonly AuditRow[]): Promise<AuditPageDto['events']> {
  const ids = rows.flatMap(({ actor, subjectId }) => [
    ...(actor.startsWith('user:') ? [actor.slice('user:'.length)] : []),
    ...(subjectId === null ? [] : [subjectId]),
  ]);
  const names = await namesOf(ctx.db, [...new Set(ids)]);
  return rows.map((row) => toAuditEventDto(row, names));
}

function readCursor(cursor: string): { readonly at: Date; readonly id: string } {
  const [at = '', id = ''] = cursor.split('~');
  if (!Number.isNaN(Date.parse(at)) && id !== '') return { at: new Date(at), id };
  throw new InvalidInputError({
    code: 'cursor',
    title: 'This is not a place in the audit trail.',
    remedy: 'Take `next` of the page before as it is, or leave it out to begin with the newest.',
    fixer: 'you',
    field: 'cursor',
  });
}
