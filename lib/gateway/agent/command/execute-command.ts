import type { SourceConnection } from '#lib/domain/account/session.ts';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import type { DatasetAssignment } from '#lib/executor/dataset-assignment.ts';
import { SOURCE_STREAMS, type SourceOperations } from '#lib/executor/source-operations.ts';
import type { TargetOperations } from '#lib/executor/target-operations.ts';
import { type CommandName, commandSchemas } from '#lib/gateway/commands.ts';
import { raceAbort } from '#lib/platform/async/abortable.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { TargetRules } from '#lib/targets/target.ts';
import type { ReachedEndpointsRecorder } from '../folder/reached-endpoints.ts';
import { admitTarget } from './admit-target.ts';
import type { DatasetRuns } from './dataset-runs.ts';

/** The operations of this process, by port. */
export interface CommandExecutor {
  readonly source: SourceOperations;
  readonly targets: TargetOperations;
  readonly runs: DatasetRuns;
  readonly rules: TargetRules;
  readonly places: ReachedEndpointsRecorder;
}

export interface CommandContext {
  emit(event: unknown): Promise<void>;
  readonly signal: AbortSignal;
}

type Call = (input: unknown, signal?: AbortSignal) => unknown;

/**
 * Executes a command. `input` must be valid under the schema of the command.
 * @returns its output. Rejects with AppErrors, and with the signal's reason when that aborts.
 */
export async function executeCommand(
  executor: CommandExecutor,
  { name, input }: ParsedCommand,
  context: CommandContext,
): Promise<unknown> {
  remember(executor.places, input);
  if (name === 'dataset.release') return executor.runs.release(input as DatasetAssignment).then(() => null);
  if (name === 'dataset.run') return emitAll(executor.runs.run(input as DatasetAssignment, context.signal), context);
  const [port = '', operation = ''] = name.split('.');
  if (port === 'target') return raceAbort(callTarget(executor, operation, input as TargetInput), context.signal);
  const call = executor.source[operation as keyof SourceOperations] as Call;
  if (Object.hasOwn(SOURCE_STREAMS, operation)) return emitAll(call(input, context.signal) as AsyncIterable<unknown>, context);
  const answer = call(input) as Promise<unknown>;
  // A code can be redeemed only once, so Entra's answer is awaited despite an abort.
  return name === 'source.redeemCode' ? answer : raceAbort(answer, context.signal);
}

export interface ParsedCommand {
  readonly name: CommandName;
  readonly input: unknown;
}

/** @throws AppError `gateway-version` for an input that is invalid in this version. */
export function parseInput(name: CommandName, input: unknown): unknown {
  const parsed = commandSchemas(name)?.input.safeParse(input);
  if (parsed?.success === true) return parsed.data;
  throw new AppError(
    {
      code: 'gateway-version',
      title: `This version of the data gateway does not support the command ${name} of its server.`,
      remedy: 'Upgrade the gateway to the version of the server.',
      fixer: 'operator',
    },
    { cause: parsed?.error },
  );
}

interface SourceInput {
  readonly connection?: SourceConnection;
  readonly settings?: SourceConnection['settings'];
}

/** The connection of an input; null where it has none. */
export function connectionOf(input: unknown): SourceConnection | null {
  return (input as SourceInput | null)?.connection ?? null;
}

async function emitAll(events: AsyncIterable<unknown>, context: CommandContext): Promise<null> {
  for await (const event of events) await context.emit(event);
  return null;
}

interface TargetInput {
  readonly access: TargetAccess;
}

async function callTarget({ targets, rules }: CommandExecutor, operation: string, input: TargetInput): Promise<unknown> {
  const call = targets[operation as keyof TargetOperations] as Call;
  return call({ ...input, access: await admitTarget(input.access, rules) });
}

function remember(places: ReachedEndpointsRecorder, input: unknown): void {
  const { connection, settings = connection?.settings } = input as SourceInput;
  if (settings !== undefined) places.graph(settings.graphBaseUrl);
  const { target, access = target } = input as { readonly target?: TargetAccess; readonly access?: TargetAccess };
  if (access !== undefined) places.target(access);
}
