import { isLogDataset, LOG_VERSION } from '#lib/domain/dataset/log-dataset.ts';
import { isDatedFolder, versionFolder } from '#lib/domain/task/lake-folder.ts';
import type { LakeCompareSettings, LakeSettings } from '#lib/domain/task/task.ts';
import type { Published, PublishOptions } from '#lib/reload/engine/sink.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { rejectedName, rejectedNote } from '#lib/targets/rejected-rows.ts';
import { removeOldChanges } from './compare/change-file.ts';
import { comparedColumns, compareVersion, renamesOf } from './compare/compare-version.ts';
import { readEventState } from './events/event-state.ts';
import { findPublishedEvents, publishEvents } from './events/publish-events.ts';
import { toLakeError } from './lake-error.ts';
import type { LakeStore } from './lake-store.ts';
import { findLandedFiles } from './landed-columns.ts';
import { snapshotOf } from './open-tables/next-snapshot.ts';
import { type OpenTables, openTablesOf } from './open-tables/open-tables.ts';
import { type LakeSink, publishVersionsTogether, type ReadyVersion } from './publish-versions-together.ts';
import { hasOpenTables } from './types.ts';
import { findVersionOf, keptVersions, LATEST_FILE, type Manifest, pruneVersions, readLatest } from './versions.ts';
import { writeVersion } from './write-version.ts';

/** An upload that is older and not complete belongs to a process that was killed. */
const UPLOAD_MS_MAX = 24 * 3_600_000;

/**
 * Reload into a data lake: writes a new version of the dataset's folder with manifest and `_SUCCESS` before `latest` refers to it, and
 * before the tables over its files have it as their next snapshot. Readers of either never see a part of a version.
 * @param openStore the folder of a dataset, by the name of its table.
 */
export function createLakeSink(
  openStore: (table: string) => Promise<LakeStore>,
  settings: LakeSettings | LakeCompareSettings,
): LakeSink {
  const prepare: LakeSink['prepare'] = async (stage, options) => {
    const store = await openStore(options.plan.table);
    // A key without the right to list uploads, or a store without such a list, ends none: its own rules for old uploads have to.
    await store.abortUploads?.(new Date(options.now.getTime() - UPLOAD_MS_MAX)).catch(() => undefined);
    const at = <T>(work: Promise<T>): Promise<T> =>
      work.catch((error: unknown) => {
        throw toLakeError(error, store.location);
      });
    // An event dataset has no versions: its one file that names the others is written last.
    if (options.events != null)
      return { show: () => publishEvents(store, stage, options, settings), discard: async () => undefined, needsStage: true };
    const ready = await at(prepareVersion(store, stage, options, settings));
    return { ...ready, show: () => at(ready.show()) };
  };
  return {
    adoptsParquet: settings.format === 'parquet' && !hasOpenTables(settings),
    findLanded: async (plan) => {
      const store = await openStore(plan.table);
      return findLandedFiles(store, plan, settings).catch((error: unknown) => {
        throw toLakeError(error, store.location);
      });
    },
    findEventCursor: async (plan) => (await readEventState(await openStore(plan.table)))?.cursor ?? null,
    async findPublished(plan, runId) {
      if (plan.events !== null) return findPublishedEvents(await openStore(plan.table), runId);
      const latest = await readLatest(await openStore(plan.table));
      return latest?.manifest.runId === runId ? publishedOf(latest.manifest) : null;
    },
    async publish(stage, options) {
      const ready = await prepare(stage, options);
      try {
        return await ready.show();
      } catch (error) {
        await ready.discard();
        throw error;
      }
    },
    publishTogether: publishVersionsTogether,
    prepare,
  };
}

/** A version that is complete and not visible yet. */
async function prepareVersion(
  store: LakeStore,
  stage: StagedRows,
  options: PublishOptions,
  settings: LakeSettings | LakeCompareSettings,
): Promise<ReadyVersion> {
  const { plan, runId, now, signal, rejected = null } = options;
  const tables = openTablesOf(settings, { store, stage });
  // A run that died between its commits reuses its files: a table may reference them already.
  const found = hasOpenTables(settings) ? await findVersionOf(store, runId) : null;
  const version = found?.version ?? versionFolder(now, runId, isDatedFolder(settings.folder));
  const compares = 'deleteShareMax' in settings;
  const latest = compares ? await readLatest(store) : null;
  const discard = async (): Promise<void> => {
    if (tables.committed() || (await store.get(LATEST_FILE).catch(() => null))?.trim() === version) return;
    await store.delete(version).catch(() => undefined);
  };
  try {
    const columns = found?.manifest.columns ?? comparedColumns(options, latest);
    const next = { store, stage, version, options, ...(await tables.fieldIds(columns, renamesOf(options.drift))) };
    const write = () => (compares ? compareVersion({ ...next, settings }, latest) : writeVersion({ ...next, settings }));
    const manifest = found?.manifest ?? (await write());
    const show = async (): Promise<Published> => {
      signal.throwIfAborted();
      const kept = await keptVersions(store, version, { ...settings, now });
      await tables.commit(snapshotOf(version, manifest, { kept, now }));
      await store.put(LATEST_FILE, `${version}\n`);
      const published = publishedOf(manifest);
      const notes = [...published.notes, ...(isLogDataset(plan.dataset) && !compares ? [LOG_VERSION] : []), ...tables.notes()];
      if (rejected !== null) notes.push(rejectedNote(rejected, `${version}/${rejectedName(plan)}`));
      const removing = { store, tables, version, kept, before: latest?.version ?? null, settings, now };
      return { ...published, notes: [...notes, ...(await removeOld(removing))] };
    };
    return { show, discard, needsStage: hasOpenTables(settings) };
  } catch (error) {
    await discard();
    throw error;
  }
}

interface Removing {
  readonly store: LakeStore;
  readonly tables: OpenTables;
  readonly version: string;
  readonly kept: readonly string[];
  readonly before: string | null;
  readonly settings: LakeSettings | LakeCompareSettings;
  readonly now: Date;
}

/** The new version is visible already, so a failure here is a note of the run and not its end. */
async function removeOld({ store, tables, version, kept, before, settings, now }: Removing): Promise<readonly string[]> {
  try {
    await pruneVersions(store, version, kept);
    await tables.clean();
    if ('deleteShareMax' in settings) await removeOldChanges(store, { version, before, daysKept: settings.versionDaysKept, now });
    return [];
  } catch {
    return [`Older versions in ${store.location} could not be removed.`];
  }
}

function publishedOf({ rows, compared, unread, unproven, rejected, drift }: Manifest): Published {
  return {
    ...(compared ?? { inserted: rows, updated: 0, deleted: 0, unchanged: 0, notes: [] }),
    ...(unread === undefined ? {} : { unread }),
    ...(unproven === undefined ? {} : { unproven }),
    ...(drift === undefined ? {} : { drift }),
    ...(rejected === undefined ? {} : { rejected: { count: rejected.count, rows: rejected.rows } }),
  };
}
