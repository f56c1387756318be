import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '#lib/platform/clock.ts';
import { type EmulatorOptions, type EmulatorParts, type RunningEmulator, startEmulatorOf } from '../start.ts';
import { stubParts } from './stub-parts.ts';
import { createTrustingFetch } from './tokens.ts';

export const REDIRECT_URI = 'http://localhost:3000/auth/oauth/code';

/** A clock that tests set. */
export interface TestClock extends Clock {
  advance(ms: number): void;
}

/** Starts at the real time, so that it agrees with libraries that have their own clock. */
export function createTestClock(): TestClock {
  let offset = 0;
  return {
    now: () => new Date(Date.now() + offset),
    advance: (ms) => {
      offset += ms;
    },
  };
}

/** An emulator for a test, in its own folder. */
export interface TestEmulator extends RunningEmulator {
  readonly dir: string;
  readonly clock: TestClock;
  /** Trusts the emulator's CA. */
  readonly fetch: ReturnType<typeof createTrustingFetch>['fetch'];
  /** Stops it and removes its directory. */
  dispose(): Promise<void>;
}

/** Starts the Entra half with a stub of Graph, unless `parts` are given. */
export async function runTestEmulator(
  overrides: Partial<EmulatorOptions> = {},
  parts: EmulatorParts = stubParts,
): Promise<TestEmulator> {
  const dir = mkdtempSync(join(tmpdir(), 'entrada-emulator-'));
  const clock = createTestClock();
  const options = { dir, clock, httpPort: 0, tlsPort: 0, users: 20, redirectUris: [REDIRECT_URI], ...overrides };
  const emulator = await startEmulatorOf(parts, options);
  const trusting = createTrustingFetch(emulator.caPem);
  return {
    ...emulator,
    dir,
    clock,
    fetch: trusting.fetch,
    dispose: async () => {
      await trusting.close();
      await emulator.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
