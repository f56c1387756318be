import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A program of this folder in a network namespace. */
export interface NetworkProgram {
  /** What it said once it was ready. */
  readonly first: unknown;
  /** Null: the only question that it answers. */
  ask<T>(question: object | null): Promise<T>;
  stop(): Promise<void>;
}

/** Waits until it is ready. @param inside command line that it is started by, `ip netns exec NAME`. */
export async function startNetworkProgram(
  file: string,
  args: readonly string[],
  inside: readonly string[],
): Promise<NetworkProgram> {
  const [program = '', ...rest] = inside;
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', join(import.meta.dirname, file)];
  const child = spawn(program, [...rest, ...node, ...args], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  // The programs end when nobody can ask them any more, also when the test was killed.
  const stop = async (): Promise<void> => {
    if (child.connected) child.disconnect();
    await ended;
  };
  try {
    const first = await reply(child);
    return {
      ...{ first, stop },
      async ask<T>(question: object | null) {
        const answer = reply(child);
        child.send(question ?? {});
        return (await answer) as T;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function reply(child: ChildProcess): Promise<unknown> {
  const gone = once(child, 'exit').then(() => Promise.reject(new Error(`${child.spawnargs.at(-1)} ended`)));
  gone.catch(() => undefined);
  const [message] = (await Promise.race([once(child, 'message'), gone])) as [{ value?: unknown; error?: string }];
  if (message.error !== undefined) throw new Error(message.error);
  return message.value;
}
