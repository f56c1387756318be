import { join } from 'node:path';
import { env } from '#lib/platform/config/env.ts';
import { readRuntimeInfo } from '../launcher/process/instance-lock.ts';

/** Prints a connection string of the landing database whose role can only read. */
export async function landingUrl(): Promise<number> {
  const info = readRuntimeInfo(join(env().dataDir, 'runtime.json'));
  process.stdout.write(`${info.landingReaderUrl}\n`);
  return 0;
}
