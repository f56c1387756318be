import { ExportAuditInput, exportAudit } from '#lib/services/audit/export-audit.ts';
import { listAudit } from '#lib/services/audit/list-audit.ts';
import { downloadResponse } from '#lib/web/download.ts';
import { defineRoute } from '#lib/web/route.ts';

const TYPE = { csv: 'text/csv', jsonl: 'application/jsonl' } as const;

/** A page of the audit trail as JSON; with `format=csv` or `format=jsonl` all of it that the filter finds, as a download. */
export const GET = defineRoute(async (ctx, request) => {
  const { format, limit, ...query } = Object.fromEntries(new URL(request.url).searchParams);
  if (format === undefined) {
    return listAudit({ ctx, input: { ...query, ...(limit === undefined ? {} : { limit: Number(limit) }) } });
  }
  const input = ExportAuditInput.parse({ ...query, format });
  const name = `entrada-audit-${ctx.clock.now().toISOString().slice(0, 10)}.${input.format}`;
  return downloadResponse(await exportAudit({ ctx, input }), { name, type: TYPE[input.format] });
});
