import type { LandingSettings } from '#lib/domain/task/task.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import { notReadOf, type Published, type Sink, type StagedEvents } from '#lib/reload/engine/sink.ts';
import { sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import type { AppliedChanges } from '#lib/targets/applied-changes.ts';
import { checkKeylessIsWhole, tablePlan } from '#lib/targets/database/table-plan.ts';
import { checkDeletes } from '#lib/targets/delete-guard.ts';
import { landedState } from '#lib/targets/landed-state.ts';
import type { Loading } from '#lib/targets/mariadb/full-load/loading.ts';
import {
  deleteOldEvents,
  ensureRecords,
  ensureTimeIndex,
  findCoverage,
  findEventCursor,
  findLandedDeltaToken,
  findRecorded,
  recordPublish,
  saveEventCursor,
} from '#lib/targets/mariadb/published.ts';
import type { MariadbTarget } from '#lib/targets/mariadb/server.ts';
import { CSV_OPTIONS, withSession } from '#lib/targets/mariadb/session.ts';
import { columnsRecord, findLandedTable, finishColumns } from '#lib/targets/mariadb/table/drift.ts';
import { findTable, timeLiteral } from '#lib/targets/mariadb/table/landed-table.ts';
import { literal, namesOf, quote } from '#lib/targets/mariadb/table/names.ts';
import { prepareRejected, replaceRejected } from '#lib/targets/mariadb/table/rejected-table.ts';
import { columnLines, temporaryTable } from '#lib/targets/mariadb/table/table-ddl.ts';
import { loadInto, stagedText } from '#lib/targets/mariadb/table/types.ts';
import { compareStage, type StageDiff } from '#lib/targets/postgres/compare/compare-stage.ts';
import { checkCount, keptRows } from '#lib/targets/postgres/compare/reload-and-compare.ts';
import { keptRowsNotes, keylessHistoryNote } from '#lib/targets/publish-notes.ts';
import { coverageOf, rowHashSql } from '#lib/targets/row-hash.ts';
import { applyChanges, recordFirstLoad } from './apply-changes.ts';
import { checkStart, exportLandedKeys, loadChangedIds, rehashKeyless, unreportedNote } from './landed-keys.ts';
import { beginHistory, type PreparedTables, prepareTables } from './prepare-tables.ts';

/**
 * Reload and compare: (key, row hash) of the landed table are compared with the stage outside of the database; only differences are sent, and
 * applied in one transaction that also writes the change table, the history and the record of the run. Tables are made and altered before it.
 */
export function createCompareSink(target: MariadbTarget, settings: LandingSettings): Sink {
  const namesFor = (plan: DatasetPlan) => namesOf(target.settings, plan);
  return {
    acceptsIncomplete: true,
    findLanded: (plan, signal) =>
      withSession(target, signal, (session) =>
        findLandedTable(session, plan, { names: namesFor(plan), isReplaced: async () => false }),
      ),
    findPublished: (plan, runId, signal) =>
      withSession(target, signal, (session) => findRecorded(session, namesFor(plan), runId)),
    findEventCursor: (plan, signal) => withSession(target, signal, (session) => findEventCursor(session, namesFor(plan))),
    findDeltaToken: (plan, signature, signal) =>
      withSession(target, signal, (session) => findLandedDeltaToken(session, namesFor(plan), signature)),
    publish: (stage, options) =>
      withSession(target, options.signal, async (session) => {
        const names = namesFor(options.plan);
        await session.lock(names.besidePrefix);
        const before = await findRecorded(session, names, options.runId);
        const published = before ?? (await publish({ session, stage, options, names }, settings));
        await finishColumns(session, names, published.drift ?? []);
        return published;
      }),
  };
}

/** What the transaction does with the rows. */
interface Change {
  readonly landed: number;
  readonly kept: number;
  /** Null: the table is new, and gets all rows. */
  readonly diff: StageDiff | null;
}

async function publish(loading: Loading, settings: LandingSettings): Promise<Published> {
  const { session, options, names } = loading;
  const { plan, unread, runId, events = null } = options;
  checkKeylessIsWhole(options);
  const change = await compare(loading, settings);
  await ensureRecords(session);
  const history = settings.history && plan.key.length > 0;
  const prepared = await prepareTables(session, tablePlan(plan, unread), names, { ...options, history });
  if (events !== null) await ensureTimeIndex(session, names, events.timeColumn);
  await prepareRejected(loading);
  if (change.diff !== null) await fillTemporary(loading, change.diff);
  return session.transaction(
    () => apply(loading, change, { settings, prepared }),
    (other) => findRecorded(other, names, runId),
  );
}

async function compare(loading: Loading, settings: LandingSettings): Promise<Change> {
  const { session, stage, options, names } = loading;
  const { plan, changes } = options;
  const partial = changes?.partial === true;
  if (partial) await checkStart(loading);
  if (changes?.since != null) await loadChangedIds(loading);
  const found = await findTable(session, names.table);
  if (found === null || (!partial && (await isUnused(loading)))) return { landed: 0, kept: 0, diff: null };
  await rehashKeyless(loading, found);
  const diff = await compareStage(stage, plan, {
    landedFile: await exportLandedKeys(loading, found),
    keep: keptRows(options),
    rejected: options.rejected?.keyColumns ?? [],
    csv: { options: CSV_OPTIONS, value: stagedText },
  });
  const landed = partial ? (changes.since?.rows ?? 0) : diff.landed;
  const guard = { deleteShareMax: settings.deleteShareMax, confirmed: options.deletesConfirmed };
  if (plan.events === null) checkDeletes(`${plan.namespace}.${plan.table}`, { ...diff, landed }, guard);
  if (partial) checkCount(options, diff, landed, changes.countNow);
  return { landed, kept: diff.kept, diff };
}

/** A table that was made ahead, or by a run that failed: nothing was ever published into it. */
async function isUnused({ session, names, options }: Loading): Promise<boolean> {
  if ((await session.query(`SELECT 1 FROM ${names.live} LIMIT 1`)).length > 0) return false;
  if ((await findCoverage(session, names)) !== null) return false;
  return options.changes?.partial !== true;
}

interface Applying {
  readonly settings: LandingSettings;
  readonly prepared: PreparedTables;
}

async function apply(loading: Loading, change: Change, { settings, prepared }: Applying): Promise<Published> {
  const { session, stage, options, names } = loading;
  const { plan, runId, now, changes, events = null } = options;
  const history = settings.history && plan.key.length > 0;
  const applying = { plan, names, liveTypes: prepared.liveTypes, history, runId, now, insertsAreMarked: events !== null };
  let applied: AppliedChanges;
  if (change.diff === null) {
    await loadFirst(loading);
    applied = await recordFirstLoad(session, applying, stage.rows);
  } else {
    if (history) await beginHistory(session, names, prepared.liveTypes);
    applied = await applyChanges(session, applying);
  }
  const kept = events === null ? null : await keepEvents(loading, events, history);
  const landedNow = change.landed + applied.inserted - applied.deleted;
  const rejected = await replaceRejected(loading);
  const partial = changes?.partial === true;
  const unreported = partial || changes?.since == null ? [] : [await unreportedNote(loading, changes.scope)];
  const published: Published = {
    ...applied,
    deleted: applied.deleted + (kept?.deleted ?? 0),
    unchanged: (partial ? landedNow : stage.rows) - applied.inserted - applied.updated,
    notes: [
      ...keylessHistoryNote(settings.history, plan.key),
      ...keptRowsNotes({ ...options, kept: change.kept }),
      ...(kept?.notes ?? []),
      ...rejected,
      ...unreported,
    ],
    ...notReadOf({ ...options, drift: prepared.drift }),
  };
  const landed = landedState(options, landedNow);
  const found = await findTable(session, names.table);
  const columns = await columnsRecord(session, options, { names, found, drift: prepared.drift });
  await recordPublish(session, names, { runId, published, landed, coverage: coverageOf(plan.columns), columns, beside: null });
  return published;
}

/** All rows of a dataset into its table, which is empty. */
async function loadFirst({ session, stage, options, names }: Loading): Promise<void> {
  const { plan, runId, now } = options;
  const file = stage.scratchFile('rows.csv');
  const values = [...plan.columns.map(stagedText), rowHashSql(plan.columns)];
  await stage.run(`COPY (SELECT ${values.join(', ')} FROM staged) TO ${sqlText(file)} ${CSV_OPTIONS}`);
  const headerValues = ['hdr__inserted_at', 'hdr__updated_at'].map((name) => `${name} = ${timeLiteral(now)}`);
  await session.load(
    names.live,
    loadInto(plan.columns, ['hdr__row_hash'], [...headerValues, `hdr__run_id = ${literal(runId)}`]),
    file,
  );
}

/** The differences into tables of the session, and empty ones for what the transaction finds. */
async function fillTemporary({ session, options, names }: Loading, diff: StageDiff): Promise<void> {
  const { plan } = options;
  const keys = plan.columns.filter(({ name }) => plan.key.includes(name));
  const keyLines = columnLines({ columns: keys, key: plan.key });
  const primary = plan.key.length === 0 ? [] : [`PRIMARY KEY (${plan.key.map(quote).join(', ')})`];
  const hash = 'hdr__row_hash bigint NOT NULL';
  const tables = {
    changed: [...columnLines(plan), hash, 'hdr__operation char(1) NOT NULL', ...primary],
    deleted: plan.key.length === 0 ? [hash, 'surplus bigint NOT NULL', 'PRIMARY KEY (hdr__row_hash)'] : [...keyLines, ...primary],
    updates: [...keyLines, hash, 'changed longtext NOT NULL', 'before_row longtext', 'after_row longtext', ...primary],
    gone: ['hdr__row_number bigint NOT NULL PRIMARY KEY'],
  };
  for (const [what, lines] of Object.entries(tables)) {
    const table = names.temporary(what as keyof typeof tables);
    await session.run(`DROP TEMPORARY TABLE IF EXISTS ${table}`);
    await session.run(temporaryTable(table, lines));
  }
  await session.load(names.temporary('changed'), loadInto(plan.columns, ['hdr__row_hash', 'hdr__operation']), diff.changedFile);
  const deleted = plan.key.length === 0 ? '(hdr__row_hash, surplus)' : loadInto(keys, []);
  await session.load(names.temporary('deleted'), deleted, diff.deletedFile);
}

/** After the rows of this run are landed. */
async function keepEvents({ session, names }: Loading, events: StagedEvents, withHistory: boolean) {
  await saveEventCursor(session, names, events);
  return deleteOldEvents(session, names, { events, withHistory });
}
