import type { GatewayIds } from '#lib/domain/gateway/gateway.ts';
import { type AppError, RemoteError } from '#lib/platform/errors.ts';
import { deleteCommand, notifyGateway, stopCommand } from '#lib/store/gateway/commands.ts';
import { type CommandName, commandSchemas, type ResultPayload } from '../commands.ts';
import { readProblem, withKnownCodes } from '../lenient-problem.ts';
import { followCommand } from './follow-command.ts';
import type { HubContext } from './hub-context.ts';
import { gatewayUnavailableProblem, type Presence, presenceLabel, presenceOf } from './presence.ts';
import { sendCommand } from './send-command.ts';

/** A short call, whose answer is awaited. */
export interface GatewayCall {
  readonly name: CommandName;
  readonly input: unknown;
  /** Display name of the operation. */
  readonly title: string;
  readonly tokenCache: { readonly id: string; readonly owner: string } | null;
  /** Time limit of the answer, milliseconds. */
  readonly timeoutMs: number;
  /** Refuses the call for these gateways before it is sent. */
  readonly refuse?: (presence: Presence) => void;
  readonly signal?: AbortSignal;
}

/**
 * Sends a command to a gateway and yields its events; returns its output. Fails at once when the gateway is disconnected.
 * @throws AppError with the gateway's problem; `gateway-away`, `gateway-silent`
 */
export async function* callGateway(ctx: HubContext, of: GatewayIds, call: GatewayCall): AsyncGenerator<unknown, unknown> {
  const presence = await presenceOf(ctx, of);
  if (!presence.isThere) throw new RemoteError(gatewayUnavailableProblem(presence));
  call.refuse?.(presence);
  const { name, input, title, tokenCache, timeoutMs } = call;
  const deadlineAt = new Date(ctx.clock.now().getTime() + timeoutMs);
  const id = await sendCommand(ctx, { name, to: presence.to, input, title, tokenCache, deadlineAt });
  const signals = [AbortSignal.timeout(timeoutMs), ...(call.signal === undefined ? [] : [call.signal])];
  const following = followCommand(ctx, id, AbortSignal.any(signals));
  const { event, output } = commandSchemas(name);
  let answered = false;
  try {
    for (;;) {
      const { done, value } = await following.next();
      if (done === true) {
        answered = value !== null;
        return output.parse(withKnownCodes(outputOf(value, presence, call)));
      }
      if (value.kind === 'event' && event !== null) yield event.parse(withKnownCodes(value.event));
    }
  } finally {
    await following.return(null);
    // The row of an answered call is not needed any more. A gateway that still works on a call is informed on its stream, so that row is kept until
    // it is old.
    if (answered) await deleteCommand(ctx.db, id);
    else await giveUp(ctx, id);
  }
}

/** The answer of a call without events. */
export async function answerOf(calling: AsyncGenerator<unknown, unknown>): Promise<unknown> {
  for (;;) {
    const { done, value } = await calling.next();
    if (done === true) return value;
  }
}

/** Gives up a command: its result is not needed any more. */
export async function giveUp(ctx: HubContext, id: string): Promise<void> {
  if (await stopCommand(ctx.db, id, 'given-up', ctx.clock.now())) await wakeHolder(ctx, id);
}

/** Wakes the process that has the stream of the command's gateway. */
export async function wakeHolder(ctx: HubContext, id: string): Promise<void> {
  const row = await ctx.db.gatewayCommand.findUnique({ where: { id }, select: { gatewayId: true } });
  if (row !== null && row.gatewayId !== null) await notifyGateway(ctx.db, `gateway:${row.gatewayId}`);
}

/** Converts the problem of a failed result to an error. */
export function errorOf(result: Extract<ResultPayload, { ok: false }>): AppError {
  return new RemoteError(readProblem(result.problem), { retry: result.retry });
}

function outputOf(result: ResultPayload | null, presence: Presence, call: GatewayCall): unknown {
  if (result === null) throw call.signal?.aborted === true ? call.signal.reason : silent(presence, call);
  if (!result.ok) throw errorOf(result);
  return result.output;
}

function silent(presence: Presence, { timeoutMs }: GatewayCall): RemoteError {
  return new RemoteError({
    code: 'gateway-silent',
    title: `${presenceLabel(presence)} did not answer within ${Math.round(timeoutMs / 1000)} s.`,
    remedy: 'Try again. If the problem persists, read the log of the gateway.',
    fixer: 'operator',
  });
}
