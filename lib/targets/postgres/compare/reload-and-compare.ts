import { isLogDataset } from '#lib/domain/dataset/log-dataset.ts';
import { formatCounted } from '#lib/domain/format.ts';
import { NO_RELATIONS, type TaskRelations } from '#lib/domain/task/relations.ts';
import type { LandingSettings } from '#lib/domain/task/task.ts';
import { recordOf } from '#lib/reload/engine/drift/landed-table.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import { ChangesLostError } from '#lib/reload/engine/reading/changes-lost.ts';
import { notReadOf, type Published, type PublishOptions, type StagedEvents } from '#lib/reload/engine/sink.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { checkKeylessIsWhole, tablePlan } from '#lib/targets/database/table-plan.ts';
import { checkDeletes } from '#lib/targets/delete-guard.ts';
import { landedState } from '#lib/targets/landed-state.ts';
import {
  deleteOldEvents,
  ensureEventCursors,
  ensureTimeIndex,
  findEventCursor,
  saveEventCursor,
} from '#lib/targets/postgres/events/event-cursor.ts';
import type { PublishFinish } from '#lib/targets/postgres/full-load/replace-table.ts';
import { type LandingSession, withSession } from '#lib/targets/postgres/landing-session.ts';
import {
  type PostgresSink,
  type PreparedPublish,
  publishAlone,
  publishTogether,
} from '#lib/targets/postgres/publish/prepared-publish.ts';
import { findLandedDeltaToken, findRecorded, findRecordedColumns, recordPublish } from '#lib/targets/postgres/published.ts';
import type { PostgresServer } from '#lib/targets/postgres/server.ts';
import { findLandedTable, renameColumns } from '#lib/targets/postgres/table/drift.ts';
import {
  columnDefinitions,
  DELETED_AT,
  ensureSchema,
  ensureStagingSchema,
  findTable,
  labelOf,
  namesOf,
  quote,
  type StagingSuffix,
  type TableNames,
} from '#lib/targets/postgres/table/landed-table.ts';
import { replaceRejected } from '#lib/targets/postgres/table/rejected-table.ts';
import { fitsType, POSTGRES_TYPE } from '#lib/targets/postgres/table/types.ts';
import { keptRowsNotes, keylessHistoryNote } from '#lib/targets/publish-notes.ts';
import { coverageOf } from '#lib/targets/row-hash.ts';
import { applyChanges, recordFirstLoad } from './apply-changes.ts';
import { compareStage, type KeptRows, type StageDiff } from './compare-stage.ts';
import { prepareTables } from './compare-tables.ts';
import { exportLandedKeys } from './export-landed-keys.ts';
import { ComparePreload, loadFirst, publishFirstLoad } from './first-load.ts';
import { checkStart, loadChangedIds, unreportedNote } from './partial-compare.ts';
import { rehashKeyless } from './rehash-keyless.ts';

/**
 * Reload and compare: compares (key, row hash) of the landed table with the stage outside of the database; sends only differences,
 * and applies them in one transaction that also writes the change table, the history and the record of the run.
 */
export function createCompareSink(
  server: PostgresServer,
  settings: LandingSettings,
  relations: TaskRelations = NO_RELATIONS,
): PostgresSink {
  let preload: ComparePreload | null = null;
  const prepare: PostgresSink['prepare'] = (session, stage, options) =>
    prepareCompare({ session, server, stage, preload }, options, settings);
  return {
    acceptsIncomplete: true,
    beginPreload(stage, plan, signal) {
      preload = new ComparePreload(server, stage, plan, signal);
      return preload;
    },
    findLanded: (plan, signal) => withSession(server, signal, (session) => findLandedTable(session, plan, async () => false)),
    findPublished: (plan, runId, signal) => withSession(server, signal, (session) => findRecorded(session, plan, runId)),
    findEventCursor: (plan, signal) => withSession(server, signal, (session) => findEventCursor(session, plan)),
    findDeltaToken: (plan, signature, signal) =>
      withSession(server, signal, (session) => findLandedDeltaToken(session, plan, signature)),
    publish: (stage, options) => publishAlone(server, { options, relations }, (session) => prepare(session, stage, options)),
    publishTogether: (datasets) => publishTogether(server, datasets),
    prepare,
    relations,
  };
}

interface Compared {
  readonly session: LandingSession;
  readonly server: PostgresServer;
  readonly stage: StagedRows;
  /** Keys or rows that were pulled or copied during the reading. */
  readonly preload: ComparePreload | null;
}

async function prepareCompare(compared: Compared, options: PublishOptions, settings: LandingSettings): Promise<PreparedPublish> {
  const { session, stage, preload } = compared;
  const { plan, changes } = options;
  checkKeylessIsWhole(options);
  if (changes?.partial !== true && (await findTable(session, plan.namespace, plan.table)) === null)
    return prepareFirst(compared, options, settings);
  const names = namesOf(plan);
  if (changes?.partial === true) await checkStart(session, plan, options);
  if (changes?.partial === true) await loadChangedIds(session, stage);
  const rehashed = await rehashKeyless(session, stage, options);
  const pulled = changes?.partial === true || rehashed ? null : await preload?.keys.settle(session);
  const landedFile = pulled ?? (await exportLandedKeys(session, stage, plan, options));
  const diff = await compareStage(stage, plan, {
    landedFile,
    keep: keptRows(options),
    rejected: options.rejected?.keyColumns ?? [],
  });
  const landed = changes?.partial === true ? (changes.since?.rows ?? 0) : diff.landed;
  const guard = { deleteShareMax: settings.deleteShareMax, confirmed: options.deletesConfirmed };
  // Items of an event that was read again are replaced by those that were read.
  if (plan.events === null) checkDeletes(labelOf(plan), { ...diff, landed }, guard);
  if (changes?.partial === true) checkCount(options, diff, landed, changes.countNow);
  await ensureFor(session, options);
  const discard = discardOf(compared, names);
  try {
    await fillStaging(session, plan, names, diff);
  } catch (error) {
    await discard();
    throw error;
  }
  return {
    apply: () => apply(session, stage, { ...options, landed, kept: diff.kept }, settings, names),
    discard,
    how: await howChanged(session, options),
  };
}

/** The table does not exist: all rows are new, and the change table gets one row. */
async function prepareFirst(compared: Compared, options: PublishOptions, settings: LandingSettings): Promise<PreparedPublish> {
  const { session, server, stage, preload } = compared;
  const { plan } = options;
  const names = namesOf(plan);
  await ensureFor(session, options);
  const discard = discardOf(compared, names);
  try {
    const preloaded = (await preload?.rows(plan)) ?? null;
    await loadFirst({ session, server, stage, preloaded }, options);
  } catch (error) {
    await discard();
    throw error;
  }
  return {
    discard,
    how: 'replaced',
    apply: async () => {
      await publishFirstLoad(session, plan);
      return apply(session, stage, { ...options, landed: 0, kept: 0, isFirst: true }, settings, names);
    },
  };
}

/** A view must not use a column that is dropped, or whose type changes. */
async function howChanged(
  session: LandingSession,
  { plan, unread, drift = [] }: PublishOptions,
): Promise<PreparedPublish['how']> {
  const found = await findTable(session, plan.namespace, plan.table);
  const isRetyped = tablePlan(plan, unread).columns.some(({ name, type }) => {
    const present = found?.columns.get(name);
    return present !== undefined && !fitsType(POSTGRES_TYPE[type], present);
  });
  return isRetyped || drift.some(({ action }) => action === 'dropped') ? 'replaced' : 'changed';
}

async function ensureFor(session: LandingSession, { plan, events }: PublishOptions): Promise<void> {
  await ensureStagingSchema(session);
  if (events != null) await ensureEventCursors(session);
  await ensureSchema(session, plan);
}

/** Uses a new session, since the present one may be closed. */
function discardOf({ server }: Compared, names: TableNames): () => Promise<void> {
  return () => withSession(server, new AbortController().signal, (other) => dropStaging(other, names)).catch(() => undefined);
}

/** Readers wait for none of it. */
async function apply(
  session: LandingSession,
  stage: StagedRows,
  options: PublishOptions & { readonly landed: number; readonly kept: number; readonly isFirst?: boolean },
  settings: LandingSettings,
  names: TableNames,
): Promise<PublishFinish<Published>> {
  const { plan, runId, now, changes, unread } = options;
  const partial = changes?.partial === true;
  if (!partial && changes?.since != null) await loadChangedIds(session, stage);
  const history = settings.history && plan.key.length > 0;
  const notes = [...keylessHistoryNote(settings.history, plan.key)];
  const { softDelete } = settings;
  const records = await findRecordedColumns(session, plan);
  const found = await findTable(session, plan.namespace, plan.table);
  const prepared = await prepareTables(session, tablePlan(plan, unread), names, { ...options, history, softDelete });
  if (!softDelete) notes.push(...(await removeMarked(session, names, prepared.liveTypes)));
  const events = options.events ?? null;
  const applying = { plan, names, liveTypes: prepared.liveTypes, history, softDelete, runId, now };
  const applied =
    options.isFirst === true
      ? await recordFirstLoad(session, applying, stage.rows)
      : await applyChanges(session, { ...applying, insertsAreMarked: events !== null });
  const kept = events === null ? null : await keepEvents(session, plan, { events, history });
  const landedNow = options.landed + applied.inserted - applied.deleted;
  const rejected = await replaceRejected(session, stage, options);
  const unreported = partial || changes?.since == null ? [] : [await unreportedNote(session, plan, changes.scope, runId)];
  const published: Published = {
    ...applied,
    deleted: applied.deleted + (kept?.deleted ?? 0),
    unchanged: (partial ? landedNow : stage.rows) - applied.inserted - applied.updated,
    notes: [...notes, ...keptRowsNotes(options), ...(kept?.notes ?? []), ...rejected, ...unreported],
    ...notReadOf({ ...options, drift: prepared.drift }),
  };
  await recordPublish(session, plan, {
    runId,
    published,
    landed: landedState(options, landedNow),
    coverage: coverageOf(plan.columns),
    columns: recordOf({ ...options, drift: prepared.drift }, records, new Set(found?.columns.keys())),
  });
  await renameColumns(session, plan, prepared.drift);
  await dropStaging(session, names);
  return async () => published;
}

/** Rows that an earlier run marked as deleted while the task said so. The change table has their deletion already. */
async function removeMarked(
  session: LandingSession,
  { live }: TableNames,
  liveTypes: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  if (!liveTypes.has(DELETED_AT)) return [];
  const removed = await session.run(`DELETE FROM ${live} WHERE ${DELETED_AT} IS NOT NULL`);
  if (removed === 0) return [];
  return [
    `${formatCounted(removed, 'row')} that earlier runs had marked as deleted were deleted, because the task no longer keeps deleted rows.`,
  ];
}

/** Call after the rows of this run are landed. */
async function keepEvents(
  session: LandingSession,
  plan: DatasetPlan,
  options: { readonly events: StagedEvents; readonly history: boolean },
): Promise<{ readonly deleted: number; readonly notes: readonly string[] }> {
  await ensureTimeIndex(session, plan, options.events);
  await saveEventCursor(session, plan, options.events);
  return deleteOldEvents(session, plan, options);
}

export function keptRows({ keepsAbsent = false, unproven, plan }: PublishOptions): KeptRows {
  if (plan.events !== null && plan.events.owner.length > 0) return 'unread-events';
  if (keepsAbsent || isLogDataset(plan.dataset)) return 'all';
  return unproven === null ? 'none' : 'unproven';
}

/**
 * Compares Graph's own count with the number of rows that the table will have. Graph's index is delayed: recent additions and removals may be missing
 * from it.
 * @throws ChangesLostError when that does not explain the difference: delta query missed a change.
 */
export function checkCount({ plan, rejected }: PublishOptions, diff: StageDiff, landed: number, countNow: number | null): void {
  const most = landed + diff.inserted + (rejected?.count ?? 0);
  if (countNow === null || (countNow >= landed - diff.deleted && countNow <= most)) return;
  const after = landed + diff.inserted - diff.deleted;
  throw new ChangesLostError(`After these changes, ${plan.table} would have ${after} rows, but Graph counts ${countNow}.`);
}

async function fillStaging(session: LandingSession, plan: DatasetPlan, names: TableNames, diff: StageDiff): Promise<void> {
  await dropStaging(session, names);
  const columns = columnDefinitions(plan.columns);
  const keys = columnDefinitions(plan.columns.filter((column) => plan.key.includes(column.name)));
  const deletedRows = keys.length === 0 ? ['hdr__row_hash bigint', 'surplus bigint'] : keys;
  // Unlogged: the table is useless after a crash of the server.
  await session.run(`CREATE UNLOGGED TABLE ${names.staging('changed')} (${[...columns, 'hdr__row_hash bigint', 'hdr__operation text'].join(', ')});
    CREATE UNLOGGED TABLE ${names.staging('deleted')} (${deletedRows.join(', ')})`);
  await session.copyIn(names.staging('changed'), diff.changedFile);
  await session.copyIn(names.staging('deleted'), diff.deletedFile);
  // Autovacuum would come too late for a new table, and without statistics the joins are planned badly.
  const looked = [...plan.key, 'hdr__operation'].map(quote).join(', ');
  await session.run(`ANALYZE ${names.staging('changed')} (${looked}); ANALYZE ${names.staging('deleted')}`);
}

async function dropStaging(session: LandingSession, names: TableNames): Promise<void> {
  const suffixes: readonly StagingSuffix[] = ['new', 'changed', 'deleted', 'updates'];
  await session.run(`DROP TABLE IF EXISTS ${suffixes.map((suffix) => names.staging(suffix)).join(', ')}`);
}
