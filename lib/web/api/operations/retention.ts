import 'server-only';
import { Retention } from '#lib/domain/account/retention.ts';
import { SetRetentionInput } from '#lib/services/retention/retention.ts';
import { describeOperation } from '../operation.ts';

const tag = 'Audit';

export const getRetentionOperation = describeOperation({
  id: 'getRetention',
  method: 'GET',
  path: '/api/v1/retention',
  tag,
  summary: 'Get how long history is kept',
  role: 'admin',
  response: { status: 200, description: 'Days of the audit trail and of runs; null: without end.', schema: Retention },
});

export const setRetentionOperation = describeOperation({
  id: 'setRetention',
  method: 'PATCH',
  path: '/api/v1/retention',
  tag,
  summary: 'Set how long history is kept',
  description:
    'Older records are deleted each night. The newest run of each task, and runs that describe the current content of a target, are kept.',
  role: 'admin',
  body: SetRetentionInput,
  response: { status: 200, description: 'Days of the audit trail and of runs; null: without end.', schema: Retention },
});
