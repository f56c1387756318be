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
  response: { status: 200, description: 'Days of the audit trail and of runs; null: for ever.', schema: Retention },
});

export const setRetentionOperation = describeOperation({
  id: 'setRetention',
  method: 'PATCH',
  path: '/api/v1/retention',
  tag,
  summary: 'Set how long history is kept',
  description: 'What is older is deleted each night. The newest run of each task, and runs that say what is in a target, stay.',
  role: 'admin',
  body: SetRetentionInput,
  response: { status: 200, description: 'Days of the audit trail and of runs; null: for ever.', schema: Retention },
});
