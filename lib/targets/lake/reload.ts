import { isLog, LOG_VERSION } from '#lib/domain/dataset/log-dataset.ts';
import type { LakeSettings } from '#lib/domain/task/task.ts';
import type { Published, PublishOptions, Sink } from '#lib/reload/engine/sink.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { rejectedName, rejectedNote } from '#lib/targets/rejected-rows.ts';
import { readEventState } from './events/event-state.ts';
import { findPublishedEvents, publishEvents } from './events/publish-events.ts';
import { toLakeError } from './lake-error.ts';
import type { LakeStore } from './lake-store.ts';
import { openTablesOf } from './open-tables/open-tables.ts';
import { hasOpenTables } from './types.ts';
import { findVersionOf, keptVersions, LATEST_FILE, type Manifest, pruneVersions, readLatest, versionName } from './versions.ts';
import { writeVersion } from './write-version.ts';

/**
 * Reload into a data lake: writes a new version of the dataset's folder with manifest and `_SUCCESS` before `latest` refers to it, and
 * before the tables over its files have it as their next snapshot. Readers of either never see a part of a version.
 * @param openStore the folder of a dataset, by the name of its table.
 */
export function createLakeSink(openStore: (table: string) => Promise<LakeStore>, settings: LakeSettings): Sink {
  return {
    adoptsParquet: settings.format === 'parquet' && !hasOpenTables(settings),
    findEventCursor: async (plan) => (await readEventState(await openStore(plan.table)))?.cursor ?? null,
    async findPublished(plan, runId) {
      if (plan.events !== null) return findPublishedEvents(await openStore(plan.table), runId);
      const latest = await readLatest(await openStore(plan.table));
      return latest?.manifest.runId === runId ? publishedOf(latest.manifest) : null;
    },
    async publish(stage, options) {
      const store = await openStore(options.plan.table);
      if (options.events != null) return publishEvents(store, stage, options, settings);
      try {
        return await publishVersion(store, stage, options, settings);
      } catch (error) {
        throw toLakeError(error, store.location);
      }
    },
  };
}

async function publishVersion(
  store: LakeStore,
  stage: StagedRows,
  options: PublishOptions,
  settings: LakeSettings,
): Promise<Published> {
  const { plan, runId, now, signal, rejected = null } = options;
  const tables = openTablesOf(settings, { store, stage });
  // A run that died between its commits reuses its files: a table may reference them already.
  const found = hasOpenTables(settings) ? await findVersionOf(store, runId) : null;
  const version = found?.version ?? versionName(now, runId);
  try {
    const fieldIds = await tables.fieldIds(plan.columns);
    const manifest = found?.manifest ?? (await writeVersion({ store, stage, version, options, settings, ...fieldIds }));
    signal.throwIfAborted();
    const kept = await keptVersions(store, version, { ...settings, now });
    await tables.commit({ version, manifest, kept, now });
    await store.put(LATEST_FILE, `${version}\n`);
    const notes = [...(isLog(plan.dataset) ? [LOG_VERSION] : []), ...tables.notes()];
    if (rejected !== null) notes.push(rejectedNote(rejected, `${version}/${rejectedName(plan)}`));
    return {
      ...publishedOf(manifest),
      notes: [...notes, ...(await removeOldVersions(store, version, kept, () => tables.clean()))],
    };
  } catch (error) {
    if (!tables.committed() && (await store.get(LATEST_FILE).catch(() => null))?.trim() !== version)
      await store.delete(version).catch(() => undefined);
    throw error;
  }
}

/** The new version is visible already, so a failure becomes a note of the run. */
async function removeOldVersions(
  store: LakeStore,
  latest: string,
  kept: readonly string[],
  clean: () => Promise<void>,
): Promise<readonly string[]> {
  try {
    await pruneVersions(store, latest, kept);
    await clean();
    return [];
  } catch {
    return [`Older versions in ${store.location} could not be removed.`];
  }
}

function publishedOf({ rows, unread, unproven, rejected }: Manifest): Published {
  return {
    ...{ inserted: rows, updated: 0, deleted: 0, unchanged: 0, notes: [] },
    ...(unread === undefined ? {} : { unread }),
    ...(unproven === undefined ? {} : { unproven }),
    ...(rejected === undefined ? {} : { rejected: { count: rejected.count, rows: rejected.rows } }),
  };
}
