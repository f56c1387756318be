import { z } from 'zod';
import { COMMAND_NAMES } from './commands.ts';

/*
 * The messages between a data gateway and the server. The gateway sends all requests and the server answers, so a gateway needs no open
 * port. Routes are below GATEWAY_PATH (lib/gateway/version.ts); every request has a proof (lib/gateway/proof.ts). For names, reasons, and the
 * order of messages see docs/decisions/017-data-gateway.md.
 * Readers ignore unknown fields (zod objects strip them), so that a later minor version may add some.
 */

/** Interval of keep-alive messages on an open stream, seconds. A stream without data for three times as long is broken. */
export const KEEP_ALIVE_SECONDS = 15;
/** Interval of status messages of a gateway, seconds: they renew its leases. */
export const STATUS_SECONDS = 15;
/** A gateway without a message for this long loses its commands to another one of its group, seconds. */
export const LEASE_SECONDS = 90;
/** Maximum size of a request body, bytes. */
export const BODY_BYTES_MAX = 8 * 2 ** 20;
/** Maximum number of events in one batch, and maximum size of their plain text: a full batch is sent at once. */
export const EVENTS_MAX = 500;
export const EVENTS_BYTES_MAX = 2 * 2 ** 20;

/** Compact serialisation of a JWE (RFC 7516). */
export const Jwe = z.string().regex(/^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]*\.[\w-]+$/, 'is not a JWE');
/** Random for each start of a gateway's process: after a restart it has no commands in memory. */
const Instance = z.string().min(16).max(64);
const CommandId = z.string().min(1).max(64);
const Time = z.iso.datetime();

/** Facts about a gateway. */
const Facts = z.object({
  /** Of Entrada, e.g. `1.4.0`. */
  version: z.string().min(1).max(64),
  /** Of the protocol, `major.minor`. */
  protocol: z.string().min(1).max(16),
  hostName: z.string().max(255),
  /** E.g. `Linux 6.8.0 x64`. */
  operatingSystem: z.string().max(255),
});

/** RFC 8037: only the public key. */
const PublicKey = <C extends string>(curve: C) =>
  z.strictObject({ kty: z.literal('OKP'), crv: z.literal(curve), x: z.string().regex(/^[\w-]{43}$/) });

/** Key that signs proofs (EdDSA). */
export const SigningKey = PublicKey('Ed25519');
export type SigningKey = z.infer<typeof SigningKey>;
/** Key to which commands are encrypted (ECDH-ES+A256KW, A256GCM). */
export const EncryptionKey = PublicKey('X25519');
export type EncryptionKey = z.infer<typeof EncryptionKey>;

/**
 * POST register: once, with the registration key. The proof is signed with `signingKey` and contains it as `jwk`. The same keys
 * with the same registration key get the same answer, for a gateway whose first answer was lost.
 */
export const RegisterRequest = Facts.extend({
  registrationKey: z.string().min(1).max(200),
  signingKey: SigningKey,
  encryptionKey: EncryptionKey,
});
export type RegisterRequest = z.infer<typeof RegisterRequest>;
export const RegisterAnswer = z.object({
  gatewayId: z.string(),
  name: z.string(),
  serverVersion: z.string(),
  protocol: z.string(),
});
export type RegisterAnswer = z.infer<typeof RegisterAnswer>;

/** POST status: at the start, every STATUS_SECONDS, and when `draining` changes. */
export const StatusRequest = Facts.extend({
  instance: Instance,
  startedAt: Time,
  /** The gateway accepts no further commands: it is about to stop. */
  draining: z.boolean(),
  /** Ids of commands under way. A command that the server assigned to the gateway, and that is absent here, is sent again. */
  working: z.array(CommandId).max(1000),
  /** Dataset runs that have a stage here, and that no command under way works on. */
  staged: z.array(z.string().min(1).max(64)).max(1000).exactOptional(),
});
export type StatusRequest = z.infer<typeof StatusRequest>;
export const StatusAnswer = z.object({
  gatewayId: z.string(),
  name: z.string(),
  serverVersion: z.string(),
  /** Of the server. */
  protocol: z.string(),
  serverTime: Time,
  /** The server runs a newer version: the gateway can be upgraded. */
  upgradeAvailable: z.boolean(),
  /** Those of `staged` that have ended or go on at another gateway: their stages are of no use. */
  stagesOver: z.array(z.string()).exactOptional(),
});
export type StatusAnswer = z.infer<typeof StatusAnswer>;

/**
 * GET stream?instance=...: an endless answer of lines, each a StreamMessage as JSON (application/x-ndjson). It starts with the commands
 * of this gateway that this instance has not acknowledged and that have not ended. A second stream of the same gateway ends the first.
 */
export const StreamQuery = z.object({ instance: Instance });

export const Command = z.object({
  id: CommandId,
  name: z.enum(COMMAND_NAMES),
  /** Increases whenever the command goes to another gateway or instance. Messages of an earlier attempt are refused. */
  attempt: z.number().int().positive(),
  /** Deadline of a short call; null for a run. */
  deadlineAt: Time.nullable(),
  /** A CommandPayload, encrypted to the gateway. */
  payload: Jwe,
});
export type Command = z.infer<typeof Command>;

export const StreamMessage = z.discriminatedUnion('kind', [
  /** The first line. */
  z.object({ kind: z.literal('welcome'), gatewayId: z.string(), serverVersion: z.string(), protocol: z.string() }),
  /** Every KEEP_ALIVE_SECONDS. */
  z.object({ kind: z.literal('keep-alive'), serverTime: Time }),
  /** Acknowledge it, execute it, send its result. A known command is acknowledged again and not executed again. */
  z.object({ kind: z.literal('command'), command: Command }),
  /**
   * Stop the command. `cancelled`: end it as cancelled and send its result. `given-up`: its result is not needed any more (another gateway has
   * it, or the caller has gone): stop, keep the stage, send nothing.
   */
  z.object({ kind: z.literal('cancel'), commandId: CommandId, reason: z.enum(['cancelled', 'given-up']) }),
  /** Accept no more commands and hand back those under way, with the reason. */
  z.object({ kind: z.literal('drain'), reason: z.enum(['deactivated', 'unsupported-version', 'server-stopping']) }),
]);
export type StreamMessage = z.infer<typeof StreamMessage>;

/** The attempt that a message belongs to. */
const Attempt = z.object({ attempt: z.number().int().positive() });

/** State of a command, in every answer about it. */
export const AckAnswer = z.object({
  /** `stop`: like `cancel` on the stream, for a gateway whose stream is interrupted. */
  stop: z.enum(['cancelled', 'given-up']).nullable(),
});
export type AckAnswer = z.infer<typeof AckAnswer>;

/** POST commands/{id}/ack: the command has arrived. */
export const AckRequest = Attempt.extend({ instance: Instance });
export type AckRequest = z.infer<typeof AckRequest>;

/**
 * POST commands/{id}/events: a batch in order. Events count from 1 within an attempt. A batch without an answer is repeated unchanged; one that
 * the server has already is answered and changes nothing.
 */
export const EventsRequest = Attempt.extend({
  /** Number of the first event in the batch. */
  first: z.number().int().positive(),
  count: z.number().int().positive().max(EVENTS_MAX),
  /** An EventsPayload, encrypted by the reply key. */
  events: Jwe,
});
export type EventsRequest = z.infer<typeof EventsRequest>;
export const EventsAnswer = AckAnswer.extend({
  /** Number of the last stored event. */
  received: z.number().int().nonnegative(),
});
export type EventsAnswer = z.infer<typeof EventsAnswer>;

/** POST commands/{id}/result: the end of the command, after all events were received. A repeated request is answered and changes nothing. */
export const ResultRequest = z.discriminatedUnion('kind', [
  Attempt.extend({
    kind: z.literal('ended'),
    /** Total number of events. */
    events: z.number().int().nonnegative(),
    /** A ResultPayload, encrypted by the reply key. */
    result: Jwe,
  }),
  /** The gateway stops: the command returns to the queue, for another gateway or the next start of this one. */
  Attempt.extend({ kind: z.literal('handed-back') }),
]);
export type ResultRequest = z.infer<typeof ResultRequest>;
export const ResultAnswer = z.object({ accepted: z.literal(true) });

/**
 * POST commands/{id}/token-cache: the token cache of the command's connection, which the server stores. `save` stores a renewed cache if it was
 * not changed since `version` was loaded: only then may its tokens be used; else the answer has the newer cache.
 */
export const TokenCacheRequest = z.discriminatedUnion('kind', [
  Attempt.extend({ kind: z.literal('load') }),
  /** `cache`: a TokenCachePayload, encrypted by the reply key. */
  Attempt.extend({ kind: z.literal('save'), version: z.number().int(), cache: Jwe }),
]);
export type TokenCacheRequest = z.infer<typeof TokenCacheRequest>;
export const TokenCacheAnswer = z.object({
  /** True for `save` when the sent cache was stored. */
  saved: z.boolean(),
  version: z.number().int(),
  /** A TokenCachePayload, encrypted by the reply key; null when `saved`. */
  cache: Jwe.nullable(),
});
export type TokenCacheAnswer = z.infer<typeof TokenCacheAnswer>;
