import 'server-only';
import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { CreateTargetInput } from '#lib/services/target/create-target.ts';
import { TestNewTargetInput } from '#lib/services/target/test-target.ts';
import { UpdateTargetInput } from '#lib/services/target/update-target.ts';
import { describeOperation } from '../operation.ts';
import { PageQuery, pageSchema } from '../page.ts';
import { TargetDetailSchema, TargetKindSchema, TargetSchema, TargetTestSchema } from '../target-schemas.ts';

const OfTarget = z.object({ targetId: idSchema('targ') });
const tag = 'Targets';

export const listTargetsOperation = describeOperation({
  id: 'listTargets',
  method: 'GET',
  path: '/api/v1/targets',
  tag,
  summary: 'List the targets',
  role: 'viewer',
  anyConnection: true,
  query: PageQuery,
  response: {
    status: 200,
    description: 'The targets, the built-in ones first.',
    schema: pageSchema(TargetSchema),
  },
});

export const listTargetKindsOperation = describeOperation({
  id: 'listTargetKinds',
  method: 'GET',
  path: '/api/v1/targets/kinds',
  tag,
  summary: 'List the kinds of target',
  description: 'The kinds of target with the fields of `settings` and `secrets`, the update methods and the capabilities.',
  role: 'viewer',
  anyConnection: true,
  query: PageQuery,
  response: { status: 200, description: 'The kinds.', schema: pageSchema(TargetKindSchema) },
});

export const createTargetOperation = describeOperation({
  id: 'createTarget',
  method: 'POST',
  path: '/api/v1/targets',
  tag,
  summary: 'Create a target',
  description: 'Does not connect to the target; test it afterwards. Secrets are stored encrypted and never returned.',
  role: 'editor',
  body: CreateTargetInput,
  response: { status: 201, description: 'The target.', schema: TargetDetailSchema },
});

export const testNewTargetOperation = describeOperation({
  id: 'testNewTarget',
  method: 'POST',
  path: '/api/v1/targets/test',
  tag,
  summary: 'Test settings of a new target',
  description: 'Does the steps of a reload with these settings. A refusal is a failed check with its remedy, not an error.',
  role: 'editor',
  body: TestNewTargetInput,
  response: { status: 200, description: 'The checks.', schema: TargetTestSchema },
});

export const getTargetOperation = describeOperation({
  id: 'getTarget',
  method: 'GET',
  path: '/api/v1/targets/{targetId}',
  tag,
  summary: 'Get a target',
  role: 'viewer',
  params: OfTarget,
  response: { status: 200, description: 'The target, with its settings and the tasks that use it.', schema: TargetDetailSchema },
});

export const updateTargetOperation = describeOperation({
  id: 'updateTarget',
  method: 'PATCH',
  path: '/api/v1/targets/{targetId}',
  tag,
  summary: 'Change a target',
  description:
    'Settings are replaced as a whole. Without `secrets`, the stored secrets are kept; if the settings change, send the secrets again. A new location of a target that tasks use needs `confirm`: without it the answer is 409 `target-location-used`, which lists these tasks.',
  role: 'editor',
  ifMatch: true,
  params: OfTarget,
  body: UpdateTargetInput.omit({ targetId: true }),
  response: { status: 200, description: 'The target.', schema: TargetDetailSchema },
});

export const testTargetOperation = describeOperation({
  id: 'testTarget',
  method: 'POST',
  path: '/api/v1/targets/{targetId}/test',
  tag,
  summary: 'Test a target',
  description: 'Does the steps of a reload, and stores the result. A refusal is a failed check with its remedy, not an error.',
  role: 'editor',
  use: 'operates',
  params: OfTarget,
  response: { status: 200, description: 'The checks.', schema: TargetTestSchema },
});

export const deleteTargetOperation = describeOperation({
  id: 'deleteTarget',
  method: 'DELETE',
  path: '/api/v1/targets/{targetId}',
  tag,
  summary: 'Delete a target',
  description: 'Refused (`target-in-use`) while tasks use it. Landed data is kept.',
  role: 'editor',
  params: OfTarget,
  response: { status: 200, description: 'It is deleted.', schema: z.object({ deleted: z.literal(true) }) },
});
