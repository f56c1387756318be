import { rm } from 'node:fs/promises';
import type { PublishOptions } from '#lib/reload/engine/sink.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { REJECTED_COLUMNS, rejectedName, selectRejected } from '#lib/targets/rejected-rows.ts';
import type { LakeStore } from './lake-store.ts';
import { copyOptions, extensionOf, type FileFormat, timeExpression } from './types.ts';
import type { Manifest } from './versions.ts';

/**
 * Writes rejected rows as one file in the folder `<dataset>__rejected` of the version, so that readers of the version's files
 * do not include it. Returns its entry in the manifest; empty where there are none.
 */
export async function writeRejected(
  store: LakeStore,
  stage: StagedRows,
  version: string,
  { plan, runId, rejected = null }: PublishOptions,
  written: FileFormat,
): Promise<Pick<Manifest, 'rejected'>> {
  if (rejected === null) return {};
  const name = `${rejectedName(plan)}/part-00000.${extensionOf(written)}`;
  const columns = REJECTED_COLUMNS.map((column) => (column === 'hdr__read_at' ? timeExpression(column, written.format) : column));
  const file = stage.scratchFile(`lake-rejected.${extensionOf(written)}`);
  // A file of an earlier attempt may be hard-linked in the lake, so it is never overwritten.
  await rm(file, { force: true });
  await stage.run(
    `COPY (SELECT ${columns.join(', ')} FROM (${selectRejected(plan, runId)})) TO ${sqlText(file)} (${copyOptions(written)})`,
  );
  const uploaded = await store.upload(file, `${version}/${name}`);
  return { rejected: { count: rejected.count, rows: rejected.rows, file: { name, rows: rejected.count, ...uploaded } } };
}
