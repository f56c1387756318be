import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from '#lib/platform/config/env.ts';
import { addKey, removeOldKeys } from '#lib/platform/crypto/key-ring.ts';
import { resealAll } from '#lib/services/secret/reseal-all.ts';
import { withCliContext } from './cli-context.ts';
import { CliError } from './cli-error.ts';
import { readRuntimeInfo } from './process/instance-lock.ts';

/**
 * Encrypts every secret with a new key while Entrada runs. Adds the new key at the start of the data folder's key file; all processes of this
 * machine reload it. Where the keys are in the environment, the operator has to add the new one before.
 */
export async function rotateKey({ dropOld }: { readonly dropOld: boolean }): Promise<number> {
  const { keys } = readRuntimeInfo(join(env().dataDir, 'runtime.json'));
  const file = 'ENTRADA_SECRET_KEY_FILE' in keys ? keys.ENTRADA_SECRET_KEY_FILE : null;
  if (file === null && dropOld) {
    throw new CliError('The keys are in ENTRADA_SECRET_KEY. Remove the old key there, on every machine.', { exitCode: 2 });
  }
  if (file !== null) replaceFile(file, addKey(readFileSync(file, 'utf8')));
  const { keyId, resealed, orphans } = await withCliContext((ctx) => resealAll({ ctx }));
  process.stdout.write(`${resealed} secrets are now encrypted with ${keyId}.\n`);
  if (orphans > 0) process.stdout.write(`${orphans} secrets that nothing uses keep their old key.\n`);
  if (file === null) {
    process.stdout.write('Remove the older keys from ENTRADA_SECRET_KEY at the next restart of every process.\n');
  } else if (dropOld && orphans === 0) {
    replaceFile(file, removeOldKeys(readFileSync(file, 'utf8')));
    process.stdout.write(
      `The older keys were removed from ${file}. Earlier backups of the database need them: keep a copy of the old file.\n`,
    );
  } else {
    process.stdout.write(`The older keys stay in ${file}. Use --drop-old to remove them.\n`);
  }
  return 0;
}

/** Replaces a file atomically: readers never see a part. */
function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, `${text.trim()}\n`, { mode: 0o600, flush: true });
  renameSync(temporary, path);
}
