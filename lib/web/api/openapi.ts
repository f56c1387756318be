import 'server-only';
import { z } from 'zod';
import { ProblemSchema } from '#lib/domain/problem.ts';
import { scopeOf } from '#lib/services/require-role.ts';
import { kindOf, type Operation } from './operation.ts';
import {
  ConnectionSummarySchema,
  DatasetSchema,
  DatasetSummarySchema,
  MetadataJobSchema,
  ProblemDocument,
  RunSchema,
} from './schemas.ts';

type Json = Record<string, unknown>;

/** Schemas with a name in the document. */
const NAMED = z.registry<{ id: string }>();
NAMED.add(ProblemSchema, { id: 'Problem' });
NAMED.add(ProblemDocument, { id: 'ProblemDocument' });
NAMED.add(ConnectionSummarySchema, { id: 'Connection' });
NAMED.add(DatasetSummarySchema, { id: 'DatasetSummary' });
NAMED.add(DatasetSchema, { id: 'Dataset' });
NAMED.add(MetadataJobSchema, { id: 'MetadataJob' });
NAMED.add(RunSchema, { id: 'Run' });

/** Error answers that any operation may give, each as a problem document. */
const PROBLEMS: Readonly<Record<string, string>> = {
  400: 'The body is not JSON.',
  401: 'The request has no session, or the API token is not valid.',
  403: 'The role or the scopes do not allow the request.',
  404: 'The resource does not exist.',
  409: 'The state of the resource does not allow the request, or Microsoft refused it.',
  412: 'The resource was edited after the version in If-Match.',
  422: 'The input is not valid; `field` names the member.',
  428: 'An edit needs If-Match.',
  429: 'Too many requests; Retry-After gives the seconds to wait.',
  500: 'An internal error; the log has its reference.',
};

/**
 * The description of the API (OpenAPI 3.1.0, whose schemas are JSON Schema 2020-12), generated from the schemas that parse requests
 * and answers.
 */
export function buildOpenApi(operations: readonly Operation[], server: string): Json {
  const components: Json = {};
  const schemaOf = (schema: z.ZodType, io: 'input' | 'output') => toSchema(schema, io, components);
  const problem = schemaOf(ProblemDocument, 'output');
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const path = paths[operation.path] ?? {};
    paths[operation.path] = { ...path, [operation.method.toLowerCase()]: toPathItem(operation, schemaOf) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Entrada',
      version: '1',
      description:
        'Loads Microsoft Entra ID through Microsoft Graph into a database or a data lake. The API can do everything that the pages can do.',
    },
    servers: [{ url: server }],
    security: [{ apiToken: [] }, { session: [] }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: components,
      responses: Object.fromEntries(
        Object.entries(PROBLEMS).map(([status, description]) => [
          `Problem${status}`,
          { description, content: { 'application/problem+json': { schema: problem } } },
        ]),
      ),
      securitySchemes: {
        apiToken: { type: 'http', scheme: 'bearer', description: 'An API token from Settings > API tokens.' },
        session: { type: 'apiKey', in: 'cookie', name: 'authjs.session-token', description: 'The session of a browser.' },
      },
    },
  };
}

type SchemaOf = (schema: z.ZodType, io: 'input' | 'output') => Json;

function toPathItem({ response, ...operation }: Operation, schemaOf: SchemaOf): Json {
  const parameters = [
    ...parametersOf(operation.params, 'path', schemaOf),
    ...parametersOf(operation.query, 'query', schemaOf),
    ...(operation.ifMatch === undefined ? [] : [IF_MATCH]),
    ...(operation.method === 'POST' ? [IDEMPOTENCY_KEY] : []),
  ];
  const { id, summary, description, tag, role, method, use, body, bodyTypes } = operation;
  const json = response.schema === null ? {} : { 'application/json': { schema: schemaOf(response.schema, 'output') } };
  const others = Object.fromEntries((response.types ?? []).map((type) => [type, { schema: { type: 'string' } }]));
  return {
    operationId: id,
    summary,
    description: `${description === undefined ? '' : `${description} `}Needs the role ${role}; an API token needs the scope ${scopeOf(role, kindOf({ method, ...(use === undefined ? {} : { use }) }))}.`,
    tags: [tag],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === null ? {} : { requestBody: requestBody(body, bodyTypes, schemaOf) }),
    responses: {
      [response.status]: { description: response.description, content: { ...json, ...others } },
      ...Object.fromEntries(Object.keys(PROBLEMS).map((status) => [status, { $ref: `#/components/responses/Problem${status}` }])),
    },
  };
}

const IF_MATCH: Json = {
  name: 'If-Match',
  in: 'header',
  required: true,
  description: 'The ETag of the version on which the edit is based.',
  schema: { type: 'string' },
};

const IDEMPOTENCY_KEY: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'A new UUID for each new request: a repeated request within 24 hours gets the first answer again.',
  schema: { type: 'string', maxLength: 255 },
};

function requestBody(body: z.ZodType, types: readonly string[] | undefined, schemaOf: SchemaOf): Json {
  const schema = schemaOf(body, 'input');
  return {
    required: types !== undefined || !body.safeParse({}).success,
    content: Object.fromEntries((types ?? ['application/json']).map((type) => [type, { schema }])),
  };
}

function parametersOf(schema: z.ZodType, where: 'path' | 'query', schemaOf: SchemaOf): Json[] {
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...value }]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: value,
  }));
}

/** A schema as JSON Schema; named schemas are added to the components and referenced. */
function toSchema(schema: z.ZodType, io: 'input' | 'output', components: Json): Json {
  const made = z.toJSONSchema(schema, { metadata: NAMED, io, target: 'draft-2020-12', unrepresentable: 'any' });
  const { $schema: _dialect, $defs = {}, id: _id, ...rest } = refer(made) as Json & { $defs?: Record<string, Json> };
  for (const [name, { id: _name, ...definition }] of Object.entries($defs)) components[name] = definition;
  const own = NAMED.get(schema);
  if (own === undefined) return rest;
  if (!('$ref' in rest)) components[own.id] = rest;
  return { $ref: `#/components/schemas/${own.id}` };
}

function refer(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(refer);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) =>
      name === '$ref' && typeof member === 'string'
        ? [name, member.replace('#/$defs/', '#/components/schemas/')]
        : [name, refer(member)],
    ),
  );
}
