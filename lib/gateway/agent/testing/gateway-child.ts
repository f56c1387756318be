import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');

/** Cache of compiled code, as in the launcher: saves half of the start time. */
const BASE_ENV = { NODE_COMPILE_CACHE: join(ROOT, '.runtime', 'compiled'), PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };

/** A gateway process, as `entrada gateway` starts one. */
export interface GatewayChild {
  /** Ends it by SIGKILL. */
  kill(): Promise<void>;
  /** Ends it by SIGTERM. */
  stop(): Promise<void>;
  said(): string;
}

/** @param through command prefix that starts the program, e.g. `ip netns exec NAME`. */
export async function startGatewayChild(
  env: Readonly<Record<string, string>>,
  through: readonly string[] = [],
): Promise<GatewayChild> {
  const args = ['--disable-warning=ExperimentalWarning', join(ROOT, 'bin/entrada.ts'), 'gateway'];
  const [program = process.execPath, ...rest] = [...through, process.execPath, ...args];
  const whole: Readonly<Record<string, string>> = { ...BASE_ENV, ...env };
  const child = spawn(program, rest, { cwd: ROOT, env: whole as NodeJS.ProcessEnv, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  const left = once(child, 'exit');
  await new Promise<void>((ready, failed) => {
    const listen = (data: Buffer): void => {
      said += data.toString();
      if (said.includes('works for')) ready();
    };
    for (const stream of [child.stdout, child.stderr]) stream.on('data', listen);
    void left.then(() => failed(new Error(`The gateway ended at its start:\n${said}`)));
  });
  return { kill: () => end(child, left, 'SIGKILL'), stop: () => end(child, left, 'SIGTERM'), said: () => said };
}

async function end(child: ChildProcess, left: Promise<unknown>, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  child.kill(signal);
  await left;
}
