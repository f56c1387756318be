import { type CommandRow, findCommand, listEvents } from '#lib/store/gateway/commands.ts';
import { EventsPayload, ResultPayload } from '../commands.ts';
import { decryptReply } from '../encryption.ts';
import { openPayload } from './command-payload.ts';
import type { HubContext } from './hub-context.ts';

/** Poll interval when no notification arrives, milliseconds. */
const LOOK_MS = 2000;

/** Events of the command, and its state after each poll. */
export type CommandUpdate =
  | { readonly kind: 'event'; readonly event: unknown }
  | { readonly kind: 'look'; readonly command: CommandRow };

/**
 * Follows a command of this or an earlier process until its result; returns null when it was given up. Events of an earlier attempt are
 * not repeated: the new attempt reports its own. Returns null when `signal` aborts; the command
 * continues.
 */
export async function* followCommand(
  ctx: HubContext,
  commandId: string,
  signal: AbortSignal,
): AsyncGenerator<CommandUpdate, ResultPayload | null> {
  const watch = ctx.notifications.watch([`command:${commandId}`]);
  const seen = { attempt: 0, last: 0 };
  try {
    while (!signal.aborted) {
      const command = await findCommand(ctx.db, commandId);
      if (command === null) return null;
      if (command.attempt !== seen.attempt) Object.assign(seen, { attempt: command.attempt, last: 0 });
      for (const event of await newEvents(ctx, command, seen)) yield { kind: 'event', event };
      if (command.state === 'ended') return await resultOf(ctx, command);
      yield { kind: 'look', command };
      await watch.next(LOOK_MS, signal);
    }
    return null;
  } finally {
    watch.stop();
  }
}

async function newEvents(
  ctx: HubContext,
  command: CommandRow,
  seen: { readonly attempt: number; last: number },
): Promise<readonly unknown[]> {
  if (command.eventsReceived <= seen.last) return [];
  const { replyKey } = openPayload(ctx.ring, command);
  const events: unknown[] = [];
  for (const { first, count, events: jwe } of await listEvents(ctx.db, command.id, seen.attempt, seen.last)) {
    const purpose = `events/${command.id}/${seen.attempt}/${first}` as const;
    events.push(...EventsPayload.parse(await decryptReply(replyKey, purpose, jwe)));
    seen.last = first - 1 + count;
  }
  return events;
}

async function resultOf(ctx: HubContext, command: CommandRow): Promise<ResultPayload | null> {
  if (command.result === null) return null;
  const { replyKey } = openPayload(ctx.ring, command);
  const purpose = `result/${command.id}/${command.attempt}` as const;
  return ResultPayload.parse(await decryptReply(replyKey, purpose, command.result));
}
