import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Db } from '#lib/platform/postgres/db.ts';
import { listOpenDatasetRunIds } from '#lib/store/run/runs.ts';

/**
 * Deletes stages that no run will use: their dataset run has ended or was deleted, but its worker died, or it continued on
 * another machine. Keeps stages of queued and running runs. Returns how many were deleted.
 */
export async function sweepStages(db: Db, workDir: string): Promise<number> {
  const names = (await readdir(workDir).catch(() => [])).filter((name) => name.startsWith('dsrun_'));
  if (names.length === 0) return 0;
  const open = new Set(await listOpenDatasetRunIds(db, names));
  const left = names.filter((name) => !open.has(name));
  for (const name of left) await rm(join(workDir, name), { recursive: true, force: true });
  return left.length;
}
