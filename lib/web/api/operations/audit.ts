import 'server-only';
import { z } from 'zod';
import type { AuditPageDto } from '#lib/domain/account/audit.ts';
import { AUDIT_FORMATS } from '#lib/services/audit/export-audit.ts';
import { ListAuditInput } from '#lib/services/audit/list-audit.ts';
import { describeOperation } from '../operation.ts';
import { pageSchema } from '../page.ts';
import { ActorSchema } from '../schemas.ts';

const AuditEvent = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  actor: ActorSchema,
  action: z.string(),
  subjectId: z.string().nullable(),
  subjectName: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
}) satisfies z.ZodType<AuditPageDto['events'][number]>;

export const listAuditOperation = describeOperation({
  id: 'listAudit',
  method: 'GET',
  path: '/api/v1/audit',
  tag: 'Audit',
  summary: 'Read the audit trail',
  description: 'One page, the newest event first. With `format`, all events that match the filter, as a download.',
  role: 'admin',
  query: ListAuditInput.extend({
    limit: z.coerce.number().int().min(1).max(1000).default(50),
    format: z.enum(AUDIT_FORMATS).optional(),
  }),
  response: {
    status: 200,
    description: 'A page of events.',
    schema: pageSchema(AuditEvent),
    types: ['text/csv', 'application/jsonl'],
  },
});
