import 'server-only';
import { readFileSync } from 'node:fs';
import { createSignInAttempts, type SignInAttempts } from '#lib/auth/attempts.ts';
import type { SessionSettings } from '#lib/auth/session.ts';
import { createExecutor } from '#lib/executor/create.ts';
import { createRunQueue } from '#lib/jobs/queue.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { parseKeyRing } from '#lib/platform/crypto.ts';
import { openDb } from '#lib/platform/db.ts';
import { type Env, EnvError, env } from '#lib/platform/env.ts';
import { createLog } from '#lib/platform/log.ts';
import type { Context } from '#lib/services/context.ts';
import { serviceConfig } from '#lib/services/service-config.ts';

/** Everything that a request needs besides who sent it; made once per process. */
export interface Composition {
  readonly services: Omit<Context, 'actor'>;
  readonly session: SessionSettings;
  readonly attempts: SignInAttempts;
  readonly env: Env;
}

const holder = globalThis as typeof globalThis & { entradaComposition?: Composition };

/** The process's composition; on `globalThis`, because Next.js loads modules once per bundle and again on each change in development. */
export function composition(): Composition {
  holder.entradaComposition ??= compose(env());
  return holder.entradaComposition;
}

function compose(settings: Env): Composition {
  const databaseUrl = required(settings.DATABASE_URL, 'DATABASE_URL');
  const log = createLog('web', settings.ENTRADA_LOG_LEVEL);
  const db = openDb(databaseUrl);
  const landingUrl = settings.ENTRADA_LANDING_READER_URL ?? settings.ENTRADA_LANDING_URL;
  return {
    env: settings,
    session: { secret: required(settings.AUTH_SECRET, 'AUTH_SECRET'), secure: settings.baseUrl.startsWith('https:') },
    attempts: createSignInAttempts(db),
    services: {
      db,
      log,
      clock: systemClock,
      ring: parseKeyRing(required(settings.ENTRADA_SECRET_KEY, 'ENTRADA_SECRET_KEY')),
      queue: createRunQueue({ databaseUrl, log }),
      executor: createExecutor({
        extraClouds: settings.ENTRADA_EXTRA_CLOUDS,
        caPem: settings.ENTRADA_EXTRA_CA_FILE === undefined ? null : readFileSync(settings.ENTRADA_EXTRA_CA_FILE, 'utf8'),
        landing: landingUrl === undefined ? null : { url: landingUrl },
        lakeDir: settings.lakeDir,
        clock: systemClock,
      }),
      config: serviceConfig(settings),
    },
  };
}

function required(value: string | undefined, name: string): string {
  if (value === undefined)
    throw new EnvError(`${name} is not set. \`npm start\` sets it; docs/configuration.md says how to do so by hand.`);
  return value;
}
