import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import { ChangesLostError } from '#lib/reload/engine/reading/changes-lost.ts';
import type { StagedEvents } from '#lib/reload/engine/sink.ts';
import { sqlName, sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { STAGE_TYPE } from '#lib/reload/parse/sql/value-sql.ts';
import type { FoundTable } from '#lib/targets/database/found-table.ts';
import { requireUnchangedSince } from '#lib/targets/database/unchanged-since.ts';
import type { Loading } from '#lib/targets/mariadb/full-load/loading.ts';
import { findCoverage, findLandedDeltaToken } from '#lib/targets/mariadb/published.ts';
import { COLLATION } from '#lib/targets/mariadb/server.ts';
import { CSV_OPTIONS } from '#lib/targets/mariadb/session.ts';
import { countRows, findTable, timeLiteral } from '#lib/targets/mariadb/table/landed-table.ts';
import { literal, quote } from '#lib/targets/mariadb/table/names.ts';
import { pulledText } from '#lib/targets/mariadb/table/types.ts';
import { exportedParentColumn } from '#lib/targets/postgres/compare/compare-stage.ts';
import { unreportedChangesNote } from '#lib/targets/publish-notes.ts';
import { coverageOf, rowHashSql } from '#lib/targets/row-hash.ts';
import { checkComparable } from './prepare-tables.ts';

const DAY_MS = 86_400_000;
/** Ids that a note names. */
const NAMED_MAX = 3;
/** Longest line of a table without key that is compared by other columns than before, bytes. */
const LINE_MAX = 8 << 20;

/**
 * Key, row hash and, where the key does not contain it, parent of the landed rows (of the changed rows alone in a partial compare), as CSV. While
 * the table lacks a column of the plan no hash can be trusted: it is null, and all rows differ.
 */
export async function exportLandedKeys({ session, stage, options, names }: Loading, found: FoundTable): Promise<string> {
  const { plan, changes, events = null } = options;
  checkComparable(plan, found, names);
  const file = stage.scratchFile('landed.csv');
  const keys = plan.columns
    .filter(({ name }) => plan.key.includes(name))
    .map((column) => pulledText(column, `t.${quote(column.name)}`));
  const trusted = keys.length === 0 || plan.columns.every(({ name }) => found.columns.has(name));
  const parent = exportedParentColumn(plan);
  const parents = parent === null ? [] : [found.columns.has(parent) ? `t.${quote(parent)}` : 'NULL'];
  const rows =
    changes?.partial === true
      ? `${names.live} t JOIN ${names.temporary('ids')} i ON i.id = t.${quote(changes.scope)}`
      : `${names.live} t${windowSql(events)}`;
  await session.pull(`SELECT ${[...keys, trusted ? 't.hdr__row_hash' : 'NULL', ...parents].join(', ')} FROM ${rows}`, file);
  return file;
}

/** A day more than was asked for: an event that Graph answers all the same is then found, too. */
function windowSql(events: StagedEvents | null): string {
  if (events === null || events.from === null) return '';
  const time = `t.${quote(events.timeColumn)}`;
  return ` WHERE ${time} >= ${timeLiteral(new Date(Date.parse(events.from) - DAY_MS))} OR ${time} IS NULL`;
}

/**
 * Rows without a key are matched by their hash alone, which says nothing once other columns are compared than when it was made: then all landed
 * rows get new ones, made as those of staged rows are. Until the publish is recorded the next run does the same again.
 * @throws ChangesLostError when only changes are staged.
 */
export async function rehashKeyless({ session, stage, options, names }: Loading, found: FoundTable): Promise<void> {
  const { plan, changes } = options;
  if (plan.key.length > 0) return;
  const complete = plan.columns.every(({ name }) => found.columns.has(name));
  if (complete && (await findCoverage(session, names)) === coverageOf(plan.columns)) return;
  if (changes?.partial === true) throw new ChangesLostError('The landed rows were compared by other columns than now.');
  checkComparable(plan, found, names);
  const [landed, hashes] = [stage.scratchFile('landed-rows.csv'), stage.scratchFile('hashes.csv')];
  const values = plan.columns.map((column) => (found.columns.has(column.name) ? pulledText(column, quote(column.name)) : 'NULL'));
  await session.pull(`SELECT hdr__row_number, ${values.join(', ')} FROM ${names.live}`, landed);
  await stage.run(
    `COPY (SELECT hdr__row_number, ${rowHashSql(plan.columns)} FROM (${readLanded(plan, landed)})) TO ${sqlText(hashes)} ${CSV_OPTIONS}`,
  );
  const made = names.temporary('hashes');
  await session.run(`DROP TEMPORARY TABLE IF EXISTS ${made}`);
  await session.run(
    `CREATE TEMPORARY TABLE ${made} (hdr__row_number bigint NOT NULL PRIMARY KEY, hdr__row_hash bigint NOT NULL)`,
  );
  await session.load(made, '(hdr__row_number, hdr__row_hash)', hashes);
  await session.run(
    `UPDATE ${names.live} t JOIN ${made} i ON i.hdr__row_number = t.hdr__row_number SET t.hdr__row_hash = i.hdr__row_hash`,
  );
}

/** DuckDB's SQL for pulled rows, in the types of the stage. */
function readLanded({ columns }: DatasetPlan, file: string): string {
  const types = columns.map(({ name, type }) => `${sqlName(name)}: '${type === 'binary' ? 'VARCHAR' : STAGE_TYPE[type]}'`);
  const values = columns.map(({ name, type }) =>
    type === 'binary' ? `unhex(substr(${sqlName(name)}, 3)) AS ${sqlName(name)}` : sqlName(name),
  );
  return `SELECT hdr__row_number, ${values.join(', ')} FROM read_csv(${sqlText(file)}, columns = {hdr__row_number: 'BIGINT', ${types.join(', ')}},
    auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, parallel = false, max_line_size = ${LINE_MAX})`;
}

/** @throws ChangesLostError when the staged changes do not fit what is landed. */
export async function checkStart({ session, options, names }: Loading): Promise<void> {
  if ((await findTable(session, names.table)) === null) throw new ChangesLostError(`The table ${names.live} no longer exists.`);
  await requireUnchangedSince(options, {
    deltaToken: () => findLandedDeltaToken(session, names, null),
    rows: () => countRows(session, names.live),
  });
}

/** The stage's changed ids into a table of the session. */
export async function loadChangedIds({ session, stage, names }: Loading): Promise<void> {
  const file = stage.scratchFile('changed-ids.csv');
  await stage.run(`COPY (SELECT DISTINCT id FROM changed_ids) TO ${sqlText(file)} ${CSV_OPTIONS}`);
  const ids = names.temporary('ids');
  await session.run(`DROP TEMPORARY TABLE IF EXISTS ${ids}`);
  await session.run(
    `CREATE TEMPORARY TABLE ${ids} (id varchar(255) CHARACTER SET utf8mb4 COLLATE ${COLLATION} NOT NULL PRIMARY KEY)`,
  );
  await session.load(ids, '(id)', file);
}

/** After a full comparison: whether delta query had reported all that this run changed. Within the publishing transaction. */
export async function unreportedNote({ session, options, names }: Loading, scope: string): Promise<string> {
  const { plan, runId } = options;
  // The change table has the key columns alone.
  const id = plan.key.includes(scope)
    ? `c.${quote(scope)}`
    : `JSON_VALUE(COALESCE(c.hdr__after, c.hdr__before), ${literal(`$."${scope}"`)}) COLLATE ${COLLATION}`;
  const rows = await session.query(
    `SELECT c.hdr__operation AS operation, COUNT(*) AS changed, MIN(${id}) AS id FROM ${names.changes} c LEFT JOIN ${names.temporary('ids')} i ON i.id = ${id}
     WHERE c.hdr__run_id = ? AND c.hdr__operation <> 'L' AND i.id IS NULL GROUP BY c.hdr__operation`,
    [runId],
  );
  const count = (operation: string): number => Number(rows.find((row) => row['operation'] === operation)?.['changed'] ?? 0);
  const ids = rows.slice(0, NAMED_MAX).map((row) => String(row['id']));
  return unreportedChangesNote({ inserted: count('I'), updated: count('U'), deleted: count('D'), ids });
}
