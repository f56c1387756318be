import { z } from 'zod';
import { DatasetAssignment, DatasetEvent } from '#lib/executor/dataset-assignment.ts';
import { SOURCE_OPERATIONS, SOURCE_STREAMS } from '#lib/executor/source-operations.ts';
import { TARGET_OPERATIONS } from '#lib/executor/target-operations.ts';

/*
 * The commands of a gateway: the executor's operations by name. They are always encrypted (lib/gateway/encryption.ts): an
 * input contains secrets, an answer may contain rows.
 */

/** Names of commands; the part before the dot is the port of the executor. */
export const COMMAND_NAMES = [
  ...keysOf(SOURCE_OPERATIONS).map((name) => `source.${name}` as const),
  ...keysOf(SOURCE_STREAMS).map((name) => `source.${name}` as const),
  ...keysOf(TARGET_OPERATIONS).map((name) => `target.${name}` as const),
  'dataset.run',
  'dataset.release',
] as const;
export type CommandName = (typeof COMMAND_NAMES)[number];

interface CommandSchemas {
  readonly input: z.ZodType;
  /** Schema of each event; null where there are none. */
  readonly event: z.ZodType | null;
  /** Schema of a successful answer. A stream answers null after its last event. */
  readonly output: z.ZodType;
}

/** Releases the resources that the datasets of one attempt of a run share in the gateway. */
const Release = { input: z.object({ runId: z.string(), attempt: z.number().int() }), event: null, output: z.null() };

/** The schemas of a command. */
export function commandSchemas(name: CommandName): CommandSchemas {
  if (name === 'dataset.run') return { input: DatasetAssignment, event: DatasetEvent, output: z.null() };
  if (name === 'dataset.release') return Release;
  const [port, operation = ''] = name.split('.');
  if (port === 'source') {
    if (isKeyOf(SOURCE_OPERATIONS, operation)) return { event: null, ...SOURCE_OPERATIONS[operation] };
    if (isKeyOf(SOURCE_STREAMS, operation)) return { ...SOURCE_STREAMS[operation], output: z.null() };
  }
  if (port === 'target' && isKeyOf(TARGET_OPERATIONS, operation)) return { event: null, ...TARGET_OPERATIONS[operation] };
  throw new TypeError(`no schemas of ${name}`);
}

/** Decrypted `payload` of a command. */
export const CommandPayload = z.object({
  /** Matches the schema of the command's name. */
  input: z.unknown(),
  /** 256 bits, base64url: encrypts the gateway's answers to this command, and the token cache in both directions. */
  replyKey: z.string(),
  /** The span of the server that sent it (W3C Trace Context), where the server traces. */
  traceparent: z.string().exactOptional(),
});
export type CommandPayload = z.infer<typeof CommandPayload>;

/** A decrypted batch of events, each matching the command's event schema. */
export const EventsPayload = z.array(z.unknown());

const Retry = z.union([z.enum(['never', 'limited', 'backoff']), z.object({ afterMs: z.number() })]);

/** A decrypted result. `problem` is parsed by readProblem, since a peer may have codes that are unknown here. */
export const ResultPayload = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), output: z.unknown() }),
  z.object({ ok: z.literal(false), problem: z.unknown(), retry: Retry }),
]);
export type ResultPayload = z.infer<typeof ResultPayload>;

/** A decrypted token cache: MSAL's serialised form. */
export const TokenCachePayload = z.object({ cache: z.string() });

function keysOf<T extends object>(of: T): readonly (keyof T & string)[] {
  return Object.keys(of) as (keyof T & string)[];
}

function isKeyOf<T extends object>(of: T, key: string): key is keyof T & string {
  return Object.hasOwn(of, key);
}
