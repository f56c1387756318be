import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
const OUTPUT_MAX = 200_000;

/** A web server or a worker that is started anew whenever it was ended. */
export interface ServerProcess {
  readonly name: string;
  /** Starts it, and waits until it is ready or was ended. */
  start(): Promise<void>;
  /** Ends it: `SIGKILL` at once, `SIGTERM` like a restart of its service. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  isRunning(): boolean;
  /** The last of its output, of all its lives. */
  output(): string;
}

/** `entrada COMMAND` with this environment; does not start it. */
export function serverProcess(name: string, command: string, env: Readonly<Record<string, string>>): ServerProcess {
  let child: ChildProcess | null = null;
  let exited: Promise<unknown> = Promise.resolve();
  /** Processes that `end` has ended, also while they were starting. */
  const endedHere = new WeakSet<ChildProcess>();
  let said = '';
  const hear = (data: Buffer) => {
    said = (said + data.toString()).slice(-OUTPUT_MAX);
  };
  return {
    name,
    output: () => said,
    isRunning: () => child !== null,
    async start() {
      const args = ['--disable-warning=ExperimentalWarning', join(ROOT, 'bin/entrada.ts'), command];
      const started = spawn(process.execPath, args, {
        cwd: ROOT,
        env: env as NodeJS.ProcessEnv,
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      });
      child = started;
      for (const stream of [started.stdout, started.stderr]) stream?.on('data', hear);
      exited = once(started, 'exit').then(() => {
        if (child === started) child = null;
      });
      const isReady = await Promise.race([once(started, 'message').then(() => true), exited.then(() => false)]);
      if (!isReady && !endedHere.has(started)) throw new Error(`${name} ended at its start:\n${said.slice(-4000)}`);
    },
    async end(signal) {
      if (child !== null) endedHere.add(child);
      child?.kill(signal);
      await exited;
    },
  };
}
