import { openSecret, replaceSecret, type SecretOwner } from '#lib/store/connection/secrets.ts';
import {
  acknowledgeCommand,
  appendEvents,
  type CommandRow,
  endCommand,
  findCommand,
  notifyGateway,
  releaseCommand,
} from '#lib/store/gateway/commands.ts';
import type { GatewayIdentity } from '#lib/store/gateway/gateway-identity.ts';
import { TokenCachePayload } from '../commands.ts';
import { decryptReply, encryptReply } from '../encryption.ts';
import {
  type AckAnswer,
  AckRequest,
  type EventsAnswer,
  EventsRequest,
  ResultRequest,
  type TokenCacheAnswer,
  TokenCacheRequest,
} from '../protocol.ts';
import { openPayload } from './command-payload.ts';
import type { HubContext } from './hub-context.ts';
import { parseBody } from './parse-body.ts';
import { REFUSAL } from './refusals.ts';

/** A gateway's request about one command. */
export interface CommandRequest {
  readonly gateway: GatewayIdentity;
  readonly commandId: string;
  readonly body: string;
}

/** Answer about a command that has ended and whose result was read. */
const OVER = { stop: 'given-up' } as const;

/** Records that the gateway has received a command. @throws GatewayRefusedError `gateway-not-yours`, `gateway-handed-over` */
export async function receiveAck(ctx: HubContext, { gateway, commandId, body }: CommandRequest): Promise<AckAnswer> {
  const { attempt } = parseBody(AckRequest, body);
  const command = await ownCommand(ctx, { gateway, commandId, attempt });
  if (command === null) return OVER;
  await acknowledgeCommand(ctx.db, commandId, attempt);
  return stopOf(command);
}

/** Stores a batch of events. @throws GatewayRefusedError; also `gateway-events-missing` */
export async function receiveEvents(ctx: HubContext, { gateway, commandId, body }: CommandRequest): Promise<EventsAnswer> {
  const batch = parseBody(EventsRequest, body);
  const command = await ownCommand(ctx, { gateway, commandId, attempt: batch.attempt });
  const last = batch.first - 1 + batch.count;
  if (command === null || command.state === 'ended') return { ...OVER, received: last };
  const received = await appendEvents(ctx.db, commandId, batch);
  if (received === null) throw REFUSAL.handedOver();
  if (received < last) throw REFUSAL.eventsMissing(received);
  await notifyGateway(ctx.db, `command:${commandId}`);
  return { ...stopOf(command), received };
}

/** Ends a command, or returns it to the queue. @throws GatewayRefusedError; also `gateway-events-missing` */
export async function receiveResult(
  ctx: HubContext,
  { gateway, commandId, body }: CommandRequest,
): Promise<{ readonly accepted: true }> {
  const sent = parseBody(ResultRequest, body);
  const { attempt } = sent;
  const command = await ownCommand(ctx, { gateway, commandId, attempt });
  if (command === null || command.state === 'ended') return { accepted: true };
  if (sent.kind === 'handed-back') {
    if (await releaseCommand(ctx.db, commandId, attempt)) await ctx.commands.giveBack(command);
    await notifyGateway(ctx.db, `queue:${command.queue}`);
    return { accepted: true };
  }
  if (command.eventsReceived < sent.events) throw REFUSAL.eventsMissing(command.eventsReceived);
  if (await endCommand(ctx.db, commandId, { attempt, result: sent.result, at: ctx.clock.now() })) {
    await notifyGateway(ctx.db, `command:${commandId}`);
    await ctx.commands.complete(command);
  }
  return { accepted: true };
}

/** Loads or saves the token cache of a command's connection. @throws GatewayRefusedError; also `gateway-no-token-cache` */
export async function receiveTokenCache(
  ctx: HubContext,
  { gateway, commandId, body }: CommandRequest,
): Promise<TokenCacheAnswer> {
  const sent = parseBody(TokenCacheRequest, body);
  const command = await ownCommand(ctx, { gateway, commandId, attempt: sent.attempt });
  if (command === null || command.state === 'ended') throw REFUSAL.handedOver();
  const { tokenCacheId, tokenCacheOwner } = command;
  if (tokenCacheId === null || tokenCacheOwner === null) throw REFUSAL.noTokenCache();
  const { replyKey } = openPayload(ctx.ring, command);
  const owner: SecretOwner = { kind: 'token-cache', ownerId: tokenCacheOwner };
  const purpose = `token-cache/${commandId}` as const;
  if (sent.kind === 'save') {
    const { cache } = TokenCachePayload.parse(await decryptReply(replyKey, purpose, sent.cache));
    const change = { id: tokenCacheId, version: sent.version, plaintext: cache };
    if (await replaceSecret(ctx.db, ctx.ring, owner, change)) return { saved: true, version: sent.version + 1, cache: null };
  }
  const { plaintext, version } = await openSecret(ctx.db, ctx.ring, owner, tokenCacheId);
  return { saved: false, version, cache: await encryptReply(replyKey, purpose, { cache: plaintext }) };
}

/** The command, if the gateway holds this attempt of it; null when it does not exist. */
async function ownCommand(
  ctx: HubContext,
  { gateway, commandId, attempt }: { readonly gateway: GatewayIdentity; readonly commandId: string; readonly attempt: number },
): Promise<CommandRow | null> {
  const command = await findCommand(ctx.db, commandId);
  if (command === null) return null;
  if (attempt < command.attempt || command.state === 'waiting') throw REFUSAL.handedOver();
  if (command.gatewayId !== gateway.id || attempt !== command.attempt) throw REFUSAL.notYours();
  return command;
}

function stopOf({ stop, state }: CommandRow): AckAnswer {
  return { stop: stop ?? (state === 'ended' ? 'given-up' : null) };
}
