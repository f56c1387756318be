import { newId } from '#lib/platform/id.ts';
import { currentTraceparent } from '#lib/platform/tracing/span.ts';
import { type CommandRow, insertCommand, notifyGateway } from '#lib/store/gateway/commands.ts';
import { type CommandName, commandSchemas } from '../commands.ts';
import { newReplyKey } from '../encryption.ts';
import { sealPayload } from './command-payload.ts';
import { queueOf } from './command-queue.ts';
import type { HubContext } from './hub-context.ts';

/** A command for a gateway or for any gateway of a group. */
export interface CommandToSend {
  readonly name: CommandName;
  /** Id of the gateway or of the group. */
  readonly to: string;
  /** Matches the command's input schema. */
  readonly input: unknown;
  /** Display name of the operation. */
  readonly title: string;
  /** The secret with the token cache that the gateway may load and save; null without a connection. */
  readonly tokenCache: { readonly id: string; readonly owner: string } | null;
  readonly run?: { readonly runId: string; readonly datasetRunId: string | null };
  /** When the caller stops waiting; null for a run. */
  readonly deadlineAt: Date | null;
}

/** Queues a command and wakes the processes that may send it; returns its id. */
export async function sendCommand(ctx: HubContext, command: CommandToSend): Promise<CommandRow['id']> {
  const { name, to, title, tokenCache, run, deadlineAt } = command;
  const input: unknown = JSON.parse(JSON.stringify(commandSchemas(name).input.parse(command.input)));
  const id = newId('gcmd');
  const queue = queueOf(to);
  const traceparent = currentTraceparent();
  const payload = sealPayload(ctx.ring, id, {
    ...{ input, replyKey: newReplyKey() },
    ...(traceparent === null ? {} : { traceparent }),
  });
  await ctx.db.$transaction(async (tx) => {
    await insertCommand(tx, {
      ...{ id, name, queue, payload, title, deadlineAt, createdAt: ctx.clock.now() },
      jobId: await ctx.commands.send(tx, queue, id),
      ...{ tokenCacheId: tokenCache?.id ?? null, tokenCacheOwner: tokenCache?.owner ?? null },
      ...{ runId: run?.runId ?? null, datasetRunId: run?.datasetRunId ?? null },
    });
    await notifyGateway(tx, `queue:${queue}`);
  });
  return id;
}
