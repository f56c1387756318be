import { randomUUID } from 'node:crypto';
import {
  type CommandRow,
  listHeldCommands,
  listStops,
  listToSendAgain,
  notifyGateway,
  stopCommand,
  takeCommand,
} from '#lib/store/gateway/commands.ts';
import { closeStream, findGatewayIdentity, type GatewayIdentity, openStream } from '#lib/store/gateway/gateway-identity.ts';
import { COMMAND_NAMES, type CommandName } from '../commands.ts';
import { encryptToGateway } from '../encryption.ts';
import { type Command, EncryptionKey, KEEP_ALIVE_SECONDS, type StreamMessage } from '../protocol.ts';
import { PROTOCOL_VERSION } from '../version.ts';
import { openPayload } from './command-payload.ts';
import { queueOf } from './command-queue.ts';
import type { HubRequestContext } from './hub-context.ts';

/** Poll interval when no notification arrives, milliseconds. */
const LOOK_MS = 5000;
/** Maximum number of commands that are claimed at once. */
const FETCH_MAX = 4;
/** How long a stop request is sent to a gateway that reconnects, milliseconds. */
const GIVEN_UP_MS = 3_600_000;

/** After this many attempts the command is given up: it may be what ends the gateways. */
const ATTEMPTS_MAX = 30;

interface OpenStream {
  readonly gateway: GatewayIdentity;
  readonly instance: string;
  readonly streamId: string;
  /** What was sent on this stream: `id/attempt` of commands, `id stop` of stops. */
  readonly sent: Set<string>;
}

/**
 * The messages for a gateway while its stream is open. Ends when `signal` aborts, when the gateway opens another stream (here or at another web
 * process), and after `drain`.
 */
export async function* gatewayStream(
  ctx: HubRequestContext,
  { gateway, instance }: { readonly gateway: GatewayIdentity; readonly instance: string },
  signal: AbortSignal,
): AsyncGenerator<StreamMessage> {
  const stream: OpenStream = { gateway, instance, streamId: randomUUID(), sent: new Set() };
  const keepAliveMs = ctx.keepAliveMs ?? KEEP_ALIVE_SECONDS * 1000;
  const queues = [gateway.id, ...(gateway.groupId === null ? [] : [gateway.groupId])].map(queueOf);
  const watch = ctx.notifications.watch([`gateway:${gateway.id}`, ...queues.map((queue) => `queue:${queue}`)]);
  await openStream(ctx.db, gateway.id, { streamId: stream.streamId, instance, at: ctx.clock.now() });
  await ctx.commands.keep(await listHeldCommands(ctx.db, gateway.id));
  try {
    yield { kind: 'welcome', gatewayId: gateway.id, serverVersion: ctx.serverVersion, protocol: PROTOCOL_VERSION };
    let silentSince = performance.now();
    while (!signal.aborted) {
      for await (const message of due(ctx, stream, queues)) {
        yield message;
        silentSince = performance.now();
        if (message.kind === 'drain') return;
      }
      if (!(await isCurrent(ctx, stream))) return;
      await watch.next(Math.min(LOOK_MS, keepAliveMs), signal);
      if (performance.now() - silentSince < keepAliveMs || signal.aborted) continue;
      yield { kind: 'keep-alive', serverTime: ctx.clock.now().toISOString() };
      silentSince = performance.now();
    }
  } finally {
    watch.stop();
    await closeStream(ctx.db, gateway.id, stream.streamId);
  }
}

async function isCurrent(ctx: HubRequestContext, { gateway, streamId }: OpenStream): Promise<boolean> {
  return (await findGatewayIdentity(ctx.db, gateway.id))?.streamId === streamId;
}

/** The messages that are due now. */
async function* due(ctx: HubRequestContext, stream: OpenStream, queues: readonly string[]): AsyncGenerator<StreamMessage> {
  const { gateway, instance, sent } = stream;
  const now = await findGatewayIdentity(ctx.db, gateway.id);
  if (now === null || now.deactivatedAt !== null) {
    yield { kind: 'drain', reason: 'deactivated' };
    return;
  }
  if (now.streamId !== stream.streamId) return;
  for (const { id, attempt, instance: had } of await listToSendAgain(ctx.db, gateway.id, instance)) {
    if (had !== instance || !sent.has(`${id}/${attempt}`)) yield* take(ctx, stream, id);
  }
  const since = new Date(ctx.clock.now().getTime() - GIVEN_UP_MS);
  for (const { id, stop } of await listStops(ctx.db, gateway.id, since)) {
    if (sent.has(`${id} ${stop}`)) continue;
    sent.add(`${id} ${stop}`);
    yield { kind: 'cancel', commandId: id, reason: stop };
  }
  if (now.draining) return;
  for (const queue of queues) {
    for (;;) {
      const jobs = await ctx.commands.fetch(queue, FETCH_MAX);
      for (const { commandId, jobId } of jobs) yield* take(ctx, stream, commandId, { queue, jobId });
      if (jobs.length < FETCH_MAX) break;
    }
  }
}

/** Claims a command for the gateway and sends it. `job`: from the queue; it is completed when the command ends. */
async function* take(
  ctx: HubRequestContext,
  { gateway, instance, sent }: OpenStream,
  id: string,
  job?: { readonly queue: string; readonly jobId: string },
): AsyncGenerator<StreamMessage> {
  const at = ctx.clock.now();
  const taken = await takeCommand(ctx.db, { id, gatewayId: gateway.id, instance, at });
  const command = taken === null || isHopeless(taken, at) ? null : await toCommandOrNull(ctx, gateway, taken);
  if (command === null) {
    if (taken !== null) await giveUp(ctx, id);
    if (job !== undefined) await ctx.commands.complete(job);
    return;
  }
  sent.add(`${id}/${command.attempt}`);
  yield { kind: 'command', command };
}

/** Its deadline has passed, or it has ended too many gateway processes. */
function isHopeless({ deadlineAt, attempt }: CommandRow, at: Date): boolean {
  return (deadlineAt !== null && deadlineAt <= at) || attempt > ATTEMPTS_MAX;
}

/** Null for a command that cannot be sent, so that it does not block later ones. */
async function toCommandOrNull(ctx: HubRequestContext, gateway: GatewayIdentity, row: CommandRow): Promise<Command | null> {
  try {
    return await toCommand(ctx, gateway, row);
  } catch (error) {
    ctx.log.error({ err: error, id: row.id, gatewayId: gateway.id }, 'a command could not be sent to its gateway');
    return null;
  }
}

async function giveUp(ctx: HubRequestContext, id: string): Promise<void> {
  await stopCommand(ctx.db, id, 'given-up', ctx.clock.now());
  await notifyGateway(ctx.db, `command:${id}`);
}

async function toCommand(ctx: HubRequestContext, { encryptionKey }: GatewayIdentity, row: CommandRow): Promise<Command> {
  const { id, attempt, deadlineAt } = row;
  const payload = openPayload(ctx.ring, row);
  return {
    ...{ id, attempt, deadlineAt: deadlineAt?.toISOString() ?? null },
    name: nameOf(row.name),
    payload: await encryptToGateway(EncryptionKey.parse(encryptionKey), `command/${id}`, payload),
  };
}

function nameOf(stored: string): CommandName {
  const name = COMMAND_NAMES.find((known) => known === stored);
  if (name === undefined) throw new TypeError(`${stored} is no command`);
  return name;
}
