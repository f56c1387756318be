import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from '#lib/platform/config/env.ts';
import { addKey, removeOldKeys } from '#lib/platform/crypto/key-ring.ts';
import { resealAll } from '#lib/services/secret/reseal-all.ts';
import { withCliContext } from './cli-context.ts';
import { CliError } from './cli-error.ts';
import { readRuntimeInfo } from './process/instance-lock.ts';

/**
 * Seals every secret with a new key while Entrada runs. The key file of the data folder gets the new key in front; all processes of this
 * machine read it again by themselves. Where the keys are in the environment, the operator has put the new one in front already.
 */
export async function rotateKey({ dropOld }: { readonly dropOld: boolean }): Promise<number> {
  const { keys } = readRuntimeInfo(join(env().dataDir, 'runtime.json'));
  const file = 'ENTRADA_SECRET_KEY_FILE' in keys ? keys.ENTRADA_SECRET_KEY_FILE : null;
  if (file === null && dropOld) {
    throw new CliError('The keys are in ENTRADA_SECRET_KEY: take the old one out there, on every machine.', { exitCode: 2 });
  }
  if (file !== null) replaceFile(file, addKey(readFileSync(file, 'utf8')));
  const { keyId, resealed, orphans } = await withCliContext((ctx) => resealAll({ ctx }));
  process.stdout.write(`${resealed} secrets are sealed with ${keyId} now.\n`);
  if (orphans > 0) process.stdout.write(`${orphans} secrets that nothing uses keep their old key.\n`);
  if (file === null) {
    process.stdout.write('Take the older keys out of ENTRADA_SECRET_KEY at the next restart of every process.\n');
  } else if (dropOld && orphans === 0) {
    replaceFile(file, removeOldKeys(readFileSync(file, 'utf8')));
    process.stdout.write(
      `The older keys are gone from ${file}. Backups of the database from before need them: keep an old copy.\n`,
    );
  } else {
    process.stdout.write(`The older keys stay in ${file}; with --drop-old they go.\n`);
  }
  return 0;
}

/** Whole or not at all: a reader never meets half a key. */
function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, `${text.trim()}\n`, { mode: 0o600, flush: true });
  renameSync(temporary, path);
}
