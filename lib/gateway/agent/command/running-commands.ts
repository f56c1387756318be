import { setTimeout as sleep } from 'node:timers/promises';
import type { AckAnswer, Command } from '#lib/gateway/protocol.ts';
import { AppError } from '#lib/platform/errors.ts';
import { JobLeaseLostError } from '#lib/reload/engine/job-lease-lost.ts';
import { type CommandDeps, type CommandStop, workCommand } from './work-command.ts';

/** A command as `entrada gateway status` shows it. */
export interface WorkingCommand {
  readonly id: string;
  readonly name: string;
  /** E.g. the dataset; empty where there is none. */
  readonly subject: string;
  readonly since: string;
}

/** The commands that a gateway is working on. */
export interface RunningCommands {
  /** Accepts a command of the stream. Ignores one that is under way; a later attempt replaces the earlier one. */
  take(command: Command): void;
  stop(commandId: string, reason: NonNullable<AckAnswer['stop']>): void;
  working(): readonly WorkingCommand[];
  /**
   * Gives the commands `graceMs` to end; then stops them and hands them back, keeping their stages. Resolves when the
   * server has confirmed all of them, or after `sendMs`.
   */
  handBack(times: { readonly graceMs: number; readonly sendMs: number }): Promise<void>;
}

class AtHand implements CommandStop {
  readonly command: Command;
  readonly since = new Date().toISOString();
  readonly #work = new AbortController();
  readonly #giveUp = new AbortController();
  subject = '';
  #isHandedBack = false;

  constructor(command: Command) {
    this.command = command;
  }

  get work(): AbortSignal {
    return this.#work.signal;
  }

  get giveUp(): AbortSignal {
    return this.#giveUp.signal;
  }

  isHandedBack(): boolean {
    return this.#isHandedBack;
  }

  describe(subject: string): void {
    this.subject = subject;
  }

  obey(stop: AckAnswer['stop']): void {
    if (stop === 'cancelled') this.#work.abort(new AppError({ code: 'aborted', title: 'Stopped.' }));
    if (stop !== 'given-up') return;
    this.#work.abort(new JobLeaseLostError());
    this.#giveUp.abort(new JobLeaseLostError());
  }

  handBack(): void {
    this.#isHandedBack = true;
    this.#work.abort(new JobLeaseLostError());
  }
}

export function createRunningCommands(deps: CommandDeps, onChange: () => void): RunningCommands {
  const atHand = new Map<string, { readonly of: AtHand; readonly ended: Promise<void> }>();
  const begin = async (of: AtHand, before: Promise<void> | undefined): Promise<void> => {
    await before;
    await workCommand(deps, of.command, of);
    if (atHand.get(of.command.id)?.of === of) atHand.delete(of.command.id);
    onChange();
  };
  const allEnded = (): Promise<unknown> => Promise.all([...atHand.values()].map(({ ended }) => ended));
  return {
    take(command) {
      const before = atHand.get(command.id);
      if (before !== undefined && before.of.command.attempt >= command.attempt) return;
      before?.of.obey('given-up');
      const of = new AtHand(command);
      atHand.set(command.id, { of, ended: begin(of, before?.ended) });
      onChange();
    },
    stop: (commandId, reason) => atHand.get(commandId)?.of.obey(reason),
    working: () =>
      [...atHand.values()].map(({ of: { command, subject, since } }) => ({ id: command.id, name: command.name, subject, since })),
    async handBack({ graceMs, sendMs }) {
      await within(graceMs, allEnded());
      for (const { of } of atHand.values()) of.handBack();
      await within(sendMs, allEnded());
      for (const { of } of atHand.values()) of.obey('given-up');
      // The stages are on the disk: a process that ends now loses nothing.
      await within(graceMs, allEnded());
    },
  };
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  await Promise.race([work, sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined)]);
  timer.abort();
}
