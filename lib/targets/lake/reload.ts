import { join } from 'node:path';
import type { LakeSettings } from '#lib/domain/task.ts';
import type { DatasetPlan } from '#lib/reload/plan.ts';
import type { Published, PublishOptions, Sink } from '#lib/reload/sink.ts';
import { sqlText } from '#lib/reload/sql-text.ts';
import type { Stage } from '#lib/reload/stage.ts';
import { StageUnusableError } from '#lib/reload/stage-error.ts';
import { createLocalStore, type LakeStore, toLakeError } from './lake-store.ts';
import { COPY_OPTIONS, EXTENSION, lakeExpression } from './types.ts';
import { LATEST, MANIFEST, type Manifest, prune, readLatest, SUCCESS, versionName } from './versions.ts';

/** Rows a part: some tens of megabytes of Parquet for directory objects. */
const PART_ROWS = 1_000_000;

/** Folder of one dataset in the lake. */
export function openLakeFolder(lakeDir: string, place: string, dataset: string): LakeStore {
  return createLocalStore(join(lakeDir, place, dataset));
}

/**
 * Reload into a data lake: a new version of the dataset's folder, complete with manifest and `_SUCCESS`, before `latest` points at it.
 * Who follows `latest` never sees half a version.
 */
export function createLakeSink(lakeDir: string, settings: LakeSettings): Sink {
  const storeOf = (plan: DatasetPlan): LakeStore => openLakeFolder(lakeDir, plan.place, plan.table);
  return {
    async findPublished(plan, runId) {
      const latest = await readLatest(storeOf(plan));
      return latest?.manifest.runId === runId ? publishedOf(latest.manifest) : null;
    },
    async publish(stage, options) {
      const store = storeOf(options.plan);
      const version = versionName(options.now, options.runId);
      try {
        const manifest = await writeVersion(store, stage, version, options, settings);
        options.signal.throwIfAborted();
        await store.write(LATEST, `${version}\n`);
        return { ...publishedOf(manifest), notes: await tidy(store, version, settings.versionsKept) };
      } catch (error) {
        if ((await store.read(LATEST).catch(() => null))?.trim() !== version) await store.remove(version).catch(() => undefined);
        throw toLakeError(error, store.location);
      }
    },
  };
}

async function writeVersion(
  store: LakeStore,
  stage: Stage,
  version: string,
  { plan, runId, now, signal }: PublishOptions,
  { format }: LakeSettings,
): Promise<Manifest> {
  await store.remove(version);
  await store.makeFolder(version);
  const columns = plan.columns.map((column) => lakeExpression(column, format)).join(', ');
  const files: Manifest['files'] = [];
  // An empty dataset has one empty part: its schema is worth having.
  for (let part = 0; part === 0 || part * PART_ROWS < stage.rows; part++) {
    signal.throwIfAborted();
    const name = `part-${String(part).padStart(5, '0')}.${EXTENSION[format]}`;
    const rows = Math.min(PART_ROWS, stage.rows - part * PART_ROWS);
    const select = `SELECT ${columns} FROM staged ORDER BY rowid LIMIT ${PART_ROWS} OFFSET ${part * PART_ROWS}`;
    try {
      await stage.run(`COPY (${select}) TO ${sqlText(store.path(version, name))} (${COPY_OPTIONS[format]})`);
    } catch (error) {
      throw blameLake(error, store.location);
    }
    files.push({ name, rows, ...(await store.seal(`${version}/${name}`)) });
  }
  const manifest: Manifest = {
    formatVersion: 1,
    runId,
    dataset: plan.table,
    createdAt: now.toISOString(),
    format,
    rows: stage.rows,
    bytes: files.reduce((total, file) => total + file.bytes, 0),
    columns: plan.columns.map(({ name, type, edmType, nullable, key }) => ({ name, type, edmType, nullable, key })),
    files,
  };
  await store.write(`${version}/${MANIFEST}`, `${JSON.stringify(manifest, null, 2)}\n`);
  await store.write(`${version}/${SUCCESS}`, '');
  return manifest;
}

/** DuckDB reads the stage and writes the lake in one statement: the path in its message tells which of the two disks it was. */
export function blameLake(error: unknown, location: string): unknown {
  const cause = error instanceof StageUnusableError ? error.cause : null;
  return cause instanceof Error && cause.message.includes(location) ? toLakeError(cause, location) : error;
}

/** The new version is visible by now: what can't be cleared away is worth a note, and no failure. */
async function tidy(store: LakeStore, latest: string, versionsKept: number): Promise<readonly string[]> {
  try {
    await prune(store, latest, versionsKept);
    return [];
  } catch {
    return [`Older versions in ${store.location} could not be removed.`];
  }
}

function publishedOf({ rows }: Manifest): Published {
  return { inserted: rows, updated: 0, deleted: 0, unchanged: 0, notes: [] };
}
