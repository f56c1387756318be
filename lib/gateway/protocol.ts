import { z } from 'zod';
import { COMMAND_NAMES } from './commands.ts';

/*
 * What a data gateway and the server say to each other, in the clear. A gateway calls; the server only answers, so a gateway needs no open
 * port. Routes are below GATEWAY_PATH (lib/gateway/version.ts); every request carries a proof (lib/gateway/proof.ts). Names, reasons, and the
 * order of a conversation: docs/decisions/017-data-gateway.md.
 *
 * Readers ignore fields that they do not know (zod objects strip them), so that a later minor version may add some.
 */

/** How often the server writes to an open stream, seconds. A stream that is silent for three times as long is broken. */
export const KEEP_ALIVE_SECONDS = 15;
/** How often a gateway sends its status, seconds: that keeps its commands. */
export const STATUS_SECONDS = 15;
/** A gateway that was not heard for this long loses its commands to another of its group, seconds. */
export const LEASE_SECONDS = 90;
/** Largest body of a request, bytes. */
export const BODY_BYTES_MAX = 8 * 2 ** 20;
/** Most events in one batch, and the bytes of their plain text: a gateway sends a batch that is full at once. */
export const EVENTS_MAX = 500;
export const EVENTS_BYTES_MAX = 2 * 2 ** 20;

/** Compact serialisation of a JWE (RFC 7516). */
export const Jwe = z.string().regex(/^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]*\.[\w-]+$/, 'is not a JWE');
/** Random for each start of a gateway's process: a restart of it has forgotten what the one before was doing. */
const Instance = z.string().min(16).max(64);
const CommandId = z.string().min(1).max(64);
const Time = z.iso.datetime();

/** What a gateway says about itself. */
const Facts = z.object({
  /** Of Entrada, e.g. `1.4.0`. */
  version: z.string().min(1).max(64),
  /** Of the protocol, `major.minor`. */
  protocol: z.string().min(1).max(16),
  hostName: z.string().max(255),
  /** E.g. `Linux 6.8.0 x64`. */
  operatingSystem: z.string().max(255),
});

/** RFC 8037: the public half, and nothing else. */
const PublicKey = <C extends string>(curve: C) =>
  z.strictObject({ kty: z.literal('OKP'), crv: z.literal(curve), x: z.string().regex(/^[\w-]{43}$/) });

/** Proofs are signed by it (EdDSA). */
export const SigningKey = PublicKey('Ed25519');
export type SigningKey = z.infer<typeof SigningKey>;
/** Commands are encrypted to it (ECDH-ES+A256KW, A256GCM). */
export const EncryptionKey = PublicKey('X25519');
export type EncryptionKey = z.infer<typeof EncryptionKey>;

/**
 * POST register: once, with the registration key. The proof is signed by `signingKey` and carries it as `jwk`. Sending the same keys again
 * with the same registration key gets the same answer, for a gateway whose first answer was lost.
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
  /** No further commands are taken: the gateway is about to stop. */
  draining: z.boolean(),
  /** Commands at hand, by id. One that the server thinks the gateway has, and that is not in here, is sent again. */
  working: z.array(CommandId).max(1000),
});
export type StatusRequest = z.infer<typeof StatusRequest>;
export const StatusAnswer = z.object({
  gatewayId: z.string(),
  name: z.string(),
  serverVersion: z.string(),
  /** Of the server. */
  protocol: z.string(),
  serverTime: Time,
  /** A newer Entrada runs on the server: the gateway can be upgraded. */
  upgradeAvailable: z.boolean(),
});
export type StatusAnswer = z.infer<typeof StatusAnswer>;

/**
 * GET stream?instance=...: an endless answer of lines, each a StreamMessage as JSON (application/x-ndjson). At its beginning the server
 * sends again what this gateway has taken and neither acknowledged (in this instance) nor ended. A second stream of the same gateway ends the first.
 */
export const StreamQuery = z.object({ instance: Instance });

export const Command = z.object({
  id: CommandId,
  name: z.enum(COMMAND_NAMES),
  /** Counts up whenever the command goes to another gateway or instance. Messages about an earlier attempt are refused. */
  attempt: z.number().int().positive(),
  /** A short call that nobody waits for after this time; null for a run. */
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
  /** Acknowledge it, work it, send its result. Known ids are acknowledged again and not worked again. */
  z.object({ kind: z.literal('command'), command: Command }),
  /**
   * Stop the command. `cancelled`: end it as cancelled and send its result. `given-up`: nobody wants its result any more (another gateway has
   * it, or the caller is gone): stop, keep what is staged, send nothing.
   */
  z.object({ kind: z.literal('cancel'), commandId: CommandId, reason: z.enum(['cancelled', 'given-up']) }),
  /** Take no more commands and hand back those at hand; the server says why. */
  z.object({ kind: z.literal('drain'), reason: z.enum(['deactivated', 'unsupported-version', 'server-stopping']) }),
]);
export type StreamMessage = z.infer<typeof StreamMessage>;

/** Which attempt a message is about. */
const Attempt = z.object({ attempt: z.number().int().positive() });

/** What is to become of a command, in every answer about it. */
export const AckAnswer = z.object({
  /** `stop` is a `cancel` of the stream, for a gateway whose stream is down just now. */
  stop: z.enum(['cancelled', 'given-up']).nullable(),
});
export type AckAnswer = z.infer<typeof AckAnswer>;

/** POST commands/{id}/ack: the command has arrived. */
export const AckRequest = Attempt.extend({ instance: Instance });
export type AckRequest = z.infer<typeof AckRequest>;

/**
 * POST commands/{id}/events: a batch in order. Events count from 1 within an attempt. A batch without an answer is sent again as it was; one that
 * the server has is answered and changes nothing.
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
  /** Number of the last event that the server has. */
  received: z.number().int().nonnegative(),
});
export type EventsAnswer = z.infer<typeof EventsAnswer>;

/** POST commands/{id}/result: how it ended, once all events are received. Sent again, it is answered and changes nothing. */
export const ResultRequest = z.discriminatedUnion('kind', [
  Attempt.extend({
    kind: z.literal('ended'),
    /** Events in all. */
    events: z.number().int().nonnegative(),
    /** A ResultPayload, encrypted by the reply key. */
    result: Jwe,
  }),
  /** The gateway stops: the command goes back to the queue, for another gateway or the next start of this one. */
  Attempt.extend({ kind: z.literal('handed-back') }),
]);
export type ResultRequest = z.infer<typeof ResultRequest>;
export const ResultAnswer = z.object({ accepted: z.literal(true) });

/**
 * POST commands/{id}/token-cache: the token cache of the command's connection, which the server keeps. `save` stores a renewed one if nobody
 * else did since `version` was loaded: only then may its tokens be used; else the answer holds the newer cache.
 */
export const TokenCacheRequest = z.discriminatedUnion('kind', [
  Attempt.extend({ kind: z.literal('load') }),
  /** `cache`: a TokenCachePayload, encrypted by the reply key. */
  Attempt.extend({ kind: z.literal('save'), version: z.number().int(), cache: Jwe }),
]);
export type TokenCacheRequest = z.infer<typeof TokenCacheRequest>;
export const TokenCacheAnswer = z.object({
  /** True for `save`, when the cache that was sent is the one that counts. */
  saved: z.boolean(),
  version: z.number().int(),
  /** A TokenCachePayload, encrypted by the reply key; null when `saved`. */
  cache: Jwe.nullable(),
});
export type TokenCacheAnswer = z.infer<typeof TokenCacheAnswer>;
