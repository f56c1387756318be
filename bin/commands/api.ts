import { createInterface } from 'node:readline/promises';
import { CommanderError } from 'commander';
import { env } from '#lib/platform/config/env.ts';
import { buildProgram } from '../cli/program.ts';
import { openLocalServer } from '../launcher/local-server.ts';

/** `entrada <group> <command>`; returns the exit code. */
export function apiCommand(group: string): (args: readonly string[]) => Promise<number> {
  return async (args) => {
    const { ENTRADA_SERVER: server, ENTRADA_TOKEN: token } = env();
    const print = (text: string) => void process.stdout.write(text);
    const { program, exitCode } = buildProgram({
      ...{ server, token, print },
      fetch: globalThis.fetch,
      variables: process.env,
      ask: process.stdin.isTTY ? ask : null,
      local: openLocalServer,
    });
    try {
      await program.parseAsync([group, ...args], { from: 'user' });
    } catch (error) {
      // Commander has printed the error, or the help.
      if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
      throw error;
    }
    return exitCode();
  };
}

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}
