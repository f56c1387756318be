import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return address.port;
}

/** Starts the demo tenant as npm does, through a shell. Resolves when it serves requests. */
async function startByShell() {
  const dataDir = mkdtempSync(join(tmpdir(), 'entrada-launch-'));
  const shell = spawn('sh', ['-c', `"${process.execPath}" bin/launch.mjs emulator start; exit 0`], {
    cwd: join(import.meta.dirname, '..'),
    env: {
      ...process.env,
      npm_lifecycle_event: 'start',
      ENTRADA_DATA_DIR: dataDir,
      ENTRADA_DEMO_USERS: '10',
      ENTRADA_DEMO_PORT: String(await freePort()),
      ENTRADA_DEMO_TLS_PORT: String(await freePort()),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    shell.kill('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  });
  // All processes below the shell inherit the pipe, which ends with the last of them.
  const ended = new Promise<void>((resolve) => shell.stdout.once('end', resolve));
  await new Promise<void>((resolve) => shell.stdout.once('data', () => resolve()));
  return { shell, ended };
}

test('a SIGTERM that ends npm and its shell alone stops what they started', { timeout: 60_000 }, async () => {
  const { shell, ended } = await startByShell();
  shell.kill('SIGTERM');
  await ended;
  expect(shell.signalCode).toBe('SIGTERM');
});
