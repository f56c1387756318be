import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Db } from '#lib/platform/postgres/db.ts';
import { listOpenDatasetRunIds } from '#lib/store/run/runs.ts';

/**
 * Removes stages that no run goes on with: their dataset run is over or gone, but the worker that staged it died, or the run went on on
 * another machine. Returns how many. Stages of runs that wait or run stay, whoever works them.
 */
export async function sweepStages(db: Db, workDir: string): Promise<number> {
  const names = (await readdir(workDir).catch(() => [])).filter((name) => name.startsWith('dsrun_'));
  if (names.length === 0) return 0;
  const open = new Set(await listOpenDatasetRunIds(db, names));
  const left = names.filter((name) => !open.has(name));
  for (const name of left) await rm(join(workDir, name), { recursive: true, force: true });
  return left.length;
}
