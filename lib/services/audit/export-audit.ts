import { z } from 'zod';
import { type AuditEventDto, AuditFilter } from '#lib/domain/account/audit.ts';
import { assertNever } from '#lib/platform/errors.ts';
import { auditUse } from '../audit-use.ts';
import type { Call, Context } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { listAudit } from './list-audit.ts';

export const AUDIT_FORMATS = ['csv', 'jsonl'] as const;
export const ExportAuditInput = AuditFilter.extend({ format: z.enum(AUDIT_FORMATS) });
export type ExportAuditInput = z.input<typeof ExportAuditInput>;

const PAGE_ROWS = 1000;
/** Columns of the CSV file, in order. */
const COLUMNS = {
  at: (event) => event.at,
  actorKind: ({ actor }) => actor.kind,
  actorId: ({ actor }) => actor.id,
  actorName: ({ actor }) => actor.name,
  userId: ({ actor }) => actor.userId,
  action: (event) => event.action,
  subjectId: (event) => event.subjectId,
  subjectName: (event) => event.subjectName,
  detail: (event) => event.detail,
  id: (event) => event.id,
} as const satisfies Readonly<Record<string, (event: AuditEventDto) => unknown>>;

/**
 * The audit trail as text, newest event first, read page by page: memory does not depend on its length. Writes an audit event
 * itself. For administrators; the check and the audit event precede the first text.
 */
export async function exportAudit({ ctx, input }: Call<ExportAuditInput>): Promise<AsyncGenerator<string>> {
  requireRole(ctx, 'admin', 'reads');
  const { format, ...filter } = ExportAuditInput.parse(input);
  const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== null));
  return auditUse(ctx, { action: 'audit.export', subjectId: null, detail: { format, ...given } }, async () =>
    lines(ctx, filter, format),
  );
}

async function* lines(ctx: Context, filter: AuditFilter, format: ExportAuditInput['format']): AsyncGenerator<string> {
  if (format === 'csv') yield `${Object.keys(COLUMNS).join(',')}\r\n`;
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listAudit>> = await listAudit({ ctx, input: { ...filter, cursor, limit: PAGE_ROWS } });
    yield page.events.map((event) => toLine(event, format)).join('');
    cursor = page.next;
  } while (cursor !== null);
}

function toLine(event: AuditEventDto, format: ExportAuditInput['format']): string {
  switch (format) {
    case 'jsonl':
      return `${JSON.stringify(event)}\n`;
    case 'csv':
      return `${Object.values(COLUMNS)
        .map((read) => toCell(read(event)))
        .join(',')}\r\n`;
    default:
      return assertNever(format);
  }
}

/**
 * A CSV cell (RFC 4180). Names are free text: one that a spreadsheet would interpret as a formula gets a leading apostrophe (OWASP "CSV
 * Injection").
 */
function toCell(value: unknown): string {
  if (value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
