import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Cloud } from '#lib/domain/connection/connection.ts';
import type { RunningEmulator } from '#lib/emulator/start.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** Cache of compiled code, as in the launcher: saves half of a worker's start time. */
export const COMPILE_CACHE = { NODE_COMPILE_CACHE: join(ROOT, '.runtime', 'compiled') };

/** A worker process, as `entrada worker` starts one. */
export interface WorkerProcess {
  /** Ends it by SIGKILL. */
  kill(): Promise<void>;
  /** Ends it by SIGTERM, like a restart. */
  stop(): Promise<void>;
  said(): string;
}

/** The emulator as a cloud of the operator. */
export function emulatedCloud({ info: { graphBaseUrl, authority, adminUrl } }: RunningEmulator): Cloud {
  const [graphOrigin, signInOrigin] = [graphBaseUrl, adminUrl].map((url) => new URL(url).origin) as [string, string];
  return { name: 'Emulated', graphOrigin, authorityOrigin: authority, signInOrigin };
}

/** Starts a worker process with this environment alone, and waits until it is ready. It is killed when the test ends. */
export async function startWorkerProcess(env: Readonly<Record<string, string>>): Promise<WorkerProcess> {
  const args = ['--disable-warning=ExperimentalWarning', join(ROOT, 'bin/entrada.ts'), 'worker'];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: env as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => (said += data.toString()));
  const left = once(child, 'exit');
  await Promise.race([
    once(child, 'message'),
    left.then(() => {
      throw new Error(`The worker ended at its start:\n${said}`);
    }),
  ]);
  return { kill: () => end(child, left, 'SIGKILL'), stop: () => end(child, left, 'SIGTERM'), said: () => said };
}

async function end(child: ChildProcess, left: Promise<unknown>, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  child.kill(signal);
  await left;
}
