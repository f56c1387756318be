import { exportAudit } from '#lib/services/audit/export-audit.ts';
import { listAudit } from '#lib/services/audit/list-audit.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { listAuditOperation } from '#lib/web/api/operations/audit.ts';
import { downloadResponse } from '#lib/web/download.ts';

const TYPE = { csv: 'text/csv', jsonl: 'application/jsonl' } as const;

/** A page of the audit trail as JSON; with `format=csv` or `format=jsonl` a download of all matching events. */
export const GET = operationRoute(listAuditOperation, async (ctx, { query: { format, cursor, limit, ...filter } }) => {
  if (format === undefined) {
    const { events, next } = await listAudit({ ctx, input: { ...filter, cursor, limit } });
    return { items: events, nextCursor: next, limit };
  }
  const name = `entrada-audit-${ctx.clock.now().toISOString().slice(0, 10)}.${format}`;
  return downloadResponse(await exportAudit({ ctx, input: { ...filter, format } }), { name, type: TYPE[format] });
});
