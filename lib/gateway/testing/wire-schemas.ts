import { z } from 'zod';
import { COMMAND_NAMES, CommandPayload, commandSchemas, EventsPayload, ResultPayload, TokenCachePayload } from '../commands.ts';
import * as protocol from '../protocol.ts';

/** JSON Schemas (draft 2020-12) of the messages and of their encrypted contents, by the name of their golden file. */
export function wireSchemas(): ReadonlyMap<string, JsonSchema> {
  const messages = {
    'register-request': protocol.RegisterRequest,
    'register-answer': protocol.RegisterAnswer,
    'status-request': protocol.StatusRequest,
    'status-answer': protocol.StatusAnswer,
    'stream-query': protocol.StreamQuery,
    'stream-message': protocol.StreamMessage,
    'ack-request': protocol.AckRequest,
    'ack-answer': protocol.AckAnswer,
    'events-request': protocol.EventsRequest,
    'events-answer': protocol.EventsAnswer,
    'result-request': protocol.ResultRequest,
    'result-answer': protocol.ResultAnswer,
    'token-cache-request': protocol.TokenCacheRequest,
    'token-cache-answer': protocol.TokenCacheAnswer,
    'payload-command': CommandPayload,
    'payload-events': EventsPayload,
    'payload-result': ResultPayload,
    'payload-token-cache': TokenCachePayload,
  };
  const found = new Map<string, JsonSchema>(Object.entries(messages).map(([name, schema]) => [name, toJsonSchema(schema)]));
  for (const name of COMMAND_NAMES) {
    const schemas = commandSchemas(name);
    found.set(`${name}.input`, toJsonSchema(schemas.input));
    if (schemas.event !== null) found.set(`${name}.event`, toJsonSchema(schemas.event));
    found.set(`${name}.output`, toJsonSchema(schemas.output));
  }
  return found;
}

export type JsonSchema = { readonly [member: string]: unknown };

/** Omits problem codes: a reader converts an unknown code to `gateway-problem` (lib/gateway/lenient-problem.ts), so a new code breaks nothing. */
function toJsonSchema(schema: z.ZodType): JsonSchema {
  const json: unknown = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input', reused: 'inline' });
  return withoutProblemCodes(JSON.parse(JSON.stringify(json))) as JsonSchema;
}

function withoutProblemCodes(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutProblemCodes);
  if (!isObject(node)) return node;
  const { enum: members, ...rest } = node;
  if (Array.isArray(members) && members.includes('gateway-problem')) return rest;
  return Object.fromEntries(Object.entries(node).map(([name, member]) => [name, withoutProblemCodes(member)]));
}

/** Members without meaning for a reader. */
const NO_MEANING: ReadonlySet<string> = new Set(['description', 'default', '$schema', 'additionalProperties', 'x-secret']);

/**
 * Where `now` is incompatible with a peer of `before`, as paths with the reason. Both sides read and write every message, so that the only
 * compatible change is an additional optional property.
 */
export function breakingChanges(before: unknown, now: unknown, path = '$'): readonly string[] {
  if (Array.isArray(before) && Array.isArray(now)) {
    if (before.length !== now.length) return [`${path}: ${before.length} members became ${now.length}`];
    return before.flatMap((member, at) => breakingChanges(member, now[at], `${path}[${at}]`));
  }
  if (!isObject(before) || !isObject(now)) return before === now ? [] : [`${path}: ${show(before)} became ${show(now)}`];
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((name) => !NO_MEANING.has(name))
    .flatMap((name) => {
      const [old, current] = [before[name], now[name]];
      if (name === 'properties' && isObject(old) && isObject(current)) return changedProperties(old, current, path);
      if (name === 'required') return changedRequired(old, current, path);
      return breakingChanges(old, current, `${path}.${name}`);
    });
}

function changedProperties(before: JsonSchema, now: JsonSchema, path: string): readonly string[] {
  return Object.keys(before).flatMap((name) =>
    name in now ? breakingChanges(before[name], now[name], `${path}.${name}`) : [`${path}.${name}: is gone`],
  );
}

function changedRequired(before: unknown, now: unknown, path: string): readonly string[] {
  const [old, current] = [before, now].map((names) => new Set(Array.isArray(names) ? names.map(String) : []));
  if (old === undefined || current === undefined) return [];
  const added = [...current].filter((name) => !old.has(name)).map((name) => `${path}.${name}: became required`);
  const dropped = [...old].filter((name) => !current.has(name)).map((name) => `${path}.${name}: is no longer required`);
  return [...added, ...dropped];
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const show = (value: unknown) => JSON.stringify(value) ?? 'nothing';
