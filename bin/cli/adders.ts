import type { Command } from 'commander';
import type { ApiClient } from './api-client.ts';

/** Options of a command as they were given. */
export type Given = Readonly<Record<string, unknown>> & {
  readonly json?: true;
  readonly server?: string;
  readonly token?: string;
  readonly as?: string;
};

/** What an action of a command is given. */
export interface CommandCall {
  readonly api: ApiClient;
  readonly args: readonly string[];
  readonly given: Given;
}

/** How commands are added that ask a server. */
export interface CommandAdder {
  /** `run` answers the exit code, or nothing for 0. */
  readonly add: (parent: Command, usage: string, help: string, run: (called: CommandCall) => Promise<unknown>) => Command;
  readonly print: (text: string) => void;
}
