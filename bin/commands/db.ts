import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { env } from '#lib/platform/config/env.ts';
import { readRuntimeInfo } from '../launcher/process/instance-lock.ts';
import { ROOT } from '../launcher/root.ts';

/** The Prisma CLI with DATABASE_URL, or with the embedded database of the running Entrada: `npm run db -- migrate dev --name x`. */
export async function db(args: readonly string[]): Promise<number> {
  const settings = env();
  const url = settings.DATABASE_URL ?? readRuntimeInfo(join(settings.dataDir, 'runtime.json')).databaseUrl;
  const prisma = join(ROOT, 'node_modules/prisma/build/index.js');
  const done = spawnSync(process.execPath, [prisma, ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, DATABASE_URL: url },
  });
  return done.status ?? 1;
}
