import type { JWK } from 'jose';
import { CommandPayload, type ResultPayload, TokenCachePayload } from '#lib/gateway/commands.ts';
import { decryptAtGateway, decryptReply, encryptReply } from '#lib/gateway/encryption.ts';
import type { AckAnswer, Command } from '#lib/gateway/protocol.ts';
import { AppError, toProblem } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { inSpan } from '#lib/platform/tracing/span.ts';
import { JobLeaseLostError } from '#lib/reload/engine/job-lease-lost.ts';
import { type BackOff, retryUntilDone } from '../link/back-off.ts';
import type { ServerClient } from '../link/server-client.ts';
import { createEventUpload } from './event-upload.ts';
import { type CommandExecutor, connectionOf, executeCommand, parseInput } from './execute-command.ts';
import type { FinishedCommand, FinishedCommands } from './finished-commands.ts';
import type { CacheAccess, StoredTokenCache, TokenCaches } from './token-caches.ts';

/** Dependencies of all commands of a gateway. */
export interface CommandDeps {
  readonly client: ServerClient;
  readonly instance: string;
  /** The private encryption key. */
  readonly privateKey: JWK;
  readonly executor: CommandExecutor;
  readonly caches: TokenCaches;
  readonly finished: FinishedCommands;
  readonly backOff: BackOff;
  readonly log: Log;
}

/** Signals that stop one command. */
export interface CommandStop {
  /** Stops the work; its reason distinguishes a cancellation from a hand-back. */
  readonly work: AbortSignal;
  /** The server no longer needs any message about this command. */
  readonly giveUp: AbortSignal;
  /** The gateway stops: unfinished work is handed back. */
  readonly isHandedBack: () => boolean;
  /** Receives the stop request in each answer of the server. */
  obey(stop: AckAnswer['stop']): void;
  /** Receives the subject of the command, without secrets. */
  describe(what: string): void;
}

/**
 * Minimum time between two batches of events of a command, milliseconds. Of a run no more are of use: the worker stores its progress once a second
 * (lib/jobs/handlers/progress-writer.ts).
 */
const EVENTS_PAUSE_MS = { run: 1000, operation: 250 } as const;

/** Works on one command from its acknowledgement until the server has its result. Never throws. */
export async function workCommand(deps: CommandDeps, command: Command, stop: CommandStop): Promise<void> {
  const { id, attempt, name } = command;
  const { client, instance, log } = deps;
  try {
    const ack = await retryUntilDone(deps.backOff, stop.giveUp, () => client.ack(id, { attempt, instance }, stop.giveUp));
    stop.obey(ack.stop);
    const payload = CommandPayload.parse(await decryptAtGateway(deps.privateKey, `command/${id}`, command.payload));
    await new CommandWork(deps, command, { stop, payload }).run();
  } catch (error) {
    if (stop.giveUp.aborted) return;
    log.error({ err: error, command: name, id }, 'a command was given up');
  }
}

/** One command under way, with the key of its answers. */
class CommandWork {
  readonly #deps: CommandDeps;
  readonly #command: Command;
  readonly #stop: CommandStop;
  readonly #payload: CommandPayload;

  constructor(deps: CommandDeps, command: Command, of: { readonly stop: CommandStop; readonly payload: CommandPayload }) {
    this.#deps = deps;
    this.#command = command;
    this.#stop = of.stop;
    this.#payload = of.payload;
  }

  async run(): Promise<void> {
    const { id, name, attempt } = this.#command;
    const pauseMs = name === 'dataset.run' ? EVENTS_PAUSE_MS.run : EVENTS_PAUSE_MS.operation;
    const upload = createEventUpload({ send: (first, events) => this.#sendEvents(first, events), pauseMs });
    const found = hasEffect(name) ? await this.#deps.finished.find(id) : null;
    const finished = found === null || found === 'begun' ? await this.#work(upload.add, found !== null) : found;
    if (finished === null) return void (await this.#handBack());
    if (found !== null && found !== 'begun') for (const event of found.events) await upload.add(event);
    const events = await upload.end();
    const result = await encryptReply(this.#payload.replyKey, `result/${id}/${attempt}`, finished.result);
    await this.#send((signal) => this.#deps.client.result(id, { kind: 'ended', attempt, events, result }, signal));
    this.#deps.finished.remove(id);
  }

  /** Null: it is handed back. Rejects when it was given up. */
  async #work(emit: (event: unknown) => Promise<void>, wasBegun: boolean): Promise<FinishedCommand | null> {
    const { name, attempt } = this.#command;
    let last: unknown;
    const keep = async (event: unknown): Promise<void> => {
      last = event;
      // The end event is sent after the result was stored on disk.
      if (name !== 'dataset.run' || !isEnd(event)) await emit(event);
    };
    const result = await this.#execute(keep, wasBegun);
    if (this.#stop.giveUp.aborted) throw this.#stop.giveUp.reason;
    if (result === null) return null;
    const finished = { attempt, events: isEnd(last) ? [last] : [], result };
    if (hasEffect(name)) await this.#keep(finished);
    for (const event of finished.events) await emit(event);
    return finished;
  }

  /** On a full disk the result is still sent; only the protection against a repeated execution is lost. */
  async #keep(finished: FinishedCommand): Promise<void> {
    const { id, name } = this.#command;
    try {
      await this.#deps.finished.add(id, finished);
    } catch (error) {
      this.#deps.log.warn({ err: error, command: name, id }, 'the result of a command could not be written down');
    }
  }

  async #execute(emit: (event: unknown) => Promise<void>, wasBegun: boolean): Promise<ResultPayload | null> {
    const { id, name } = this.#command;
    const { executor, caches, log } = this.#deps;
    let revoke = (): void => undefined;
    try {
      const input = parseInput(name, this.#payload.input);
      this.#stop.describe(subjectOf(input));
      if (wasBegun) throw begunBefore();
      if (name === 'source.redeemCode') this.#deps.finished.begin(id);
      const connection = connectionOf(input);
      if (connection !== null) revoke = caches.grant(connection.tokenCacheId, this.#cacheAccess());
      const output = await inSpan(
        `command ${name}`,
        { kind: 'consumer', parent: this.#payload.traceparent, attributes: { 'entrada.command.id': id } },
        () => executeCommand(executor, { name, input }, { emit, signal: this.#stop.work }),
      );
      return { ok: true, output };
    } catch (error) {
      if (this.#stop.isHandedBack() && this.#stop.work.aborted) return null;
      if (error instanceof AppError) return failureOf(error, id);
      if (this.#stop.work.aborted || error instanceof JobLeaseLostError) return failureOf(stopped(error), id);
      log.error({ err: error, command: name, id }, 'a command failed');
      return failureOf(error, id);
    } finally {
      revoke();
    }
  }

  #handBack(): Promise<unknown> {
    const { id, attempt } = this.#command;
    return this.#send((signal) => this.#deps.client.result(id, { kind: 'handed-back', attempt }, signal));
  }

  async #sendEvents(first: number, events: readonly unknown[]): Promise<void> {
    const { id, attempt } = this.#command;
    const sealed = await encryptReply(this.#payload.replyKey, `events/${id}/${attempt}/${first}`, events);
    const batch = { attempt, first, count: events.length, events: sealed };
    const { stop } = await this.#send((signal) => this.#deps.client.events(id, batch, signal));
    this.#stop.obey(stop);
  }

  #cacheAccess(): CacheAccess {
    const { id, attempt } = this.#command;
    const { replyKey } = this.#payload;
    const { client } = this.#deps;
    const open = async ({ version, cache }: { version: number; cache: string | null }): Promise<StoredTokenCache> => ({
      version,
      ...TokenCachePayload.parse(await decryptReply(replyKey, `token-cache/${id}`, cache ?? '')),
    });
    return {
      load: async () => open(await this.#send((signal) => client.tokenCache(id, { kind: 'load', attempt }, signal))),
      save: async ({ version, cache }) => {
        const sealed = await encryptReply(replyKey, `token-cache/${id}`, { cache });
        const request = { kind: 'save', attempt, version, cache: sealed } as const;
        const answer = await this.#send((signal) => client.tokenCache(id, request, signal));
        return answer.saved ? null : open(answer);
      },
    };
  }

  /** Retries until there is an answer. A permanent refusal means that the command no longer belongs to this gateway. */
  async #send<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { giveUp } = this.#stop;
    try {
      return await retryUntilDone(this.#deps.backOff, giveUp, () => request(giveUp));
    } catch (error) {
      this.#stop.obey('given-up');
      throw error;
    }
  }
}

/** Commands that must not be executed again when a crash lost their result. */
function hasEffect(name: Command['name']): boolean {
  return name === 'dataset.run' || name === 'source.redeemCode';
}

function isEnd(event: unknown): boolean {
  return (event as { readonly kind?: unknown } | undefined)?.kind === 'ended';
}

/** The subject of a command for logs, without secrets. */
function subjectOf(input: unknown): string {
  const { dataset } = input as { readonly dataset?: { readonly name?: unknown } };
  return typeof dataset?.name === 'string' ? dataset.name : '';
}

function failureOf(error: unknown, id: string): ResultPayload {
  return { ok: false, problem: toProblem(error, id), retry: error instanceof AppError ? error.retry : 'never' };
}

function stopped(cause: unknown): AppError {
  return new AppError({ code: 'aborted', title: 'Stopped.' }, { cause });
}

function begunBefore(): AppError {
  return new AppError({
    code: 'aborted',
    title: 'The data gateway was restarted while it redeemed the sign-in code.',
    remedy: 'Authenticate again to get a new code: each code works once.',
    fixer: 'you',
  });
}
