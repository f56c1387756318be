import 'server-only';
import { z } from 'zod';
import { describeOperation } from '../operation.ts';

export const getOpenApiOperation = describeOperation({
  id: 'getOpenApi',
  method: 'GET',
  path: '/api/v1/openapi.json',
  tag: 'Description',
  summary: 'Get this description (OpenAPI 3.1)',
  role: 'viewer',
  anyConnection: true,
  response: {
    status: 200,
    description: 'The document.',
    schema: z.looseObject({ openapi: z.literal('3.1.0'), paths: z.record(z.string(), z.unknown()) }),
  },
});
