import { createHash } from 'node:crypto';
import pg from 'pg';
import type { RelationshipView, TableReference, TaskRelations } from '#lib/domain/task/relations.ts';
import { DELETED_AT, findTable, grantToReader, qualified, quote } from '#lib/targets/postgres/table/landed-table.ts';
import type { LandingSession } from '../landing-session.ts';
import { ENTRADA_COMMENT } from './ours.ts';
import { tryToRun } from './try-to-run.ts';

/** First version of PostgreSQL with foreign keys that are not enforced (release notes of 18, "Constraints"). */
const NOT_ENFORCED_SINCE = 180_000;

/** A table that is about to be published, and how the tables of its task belong together. */
export interface RelatedTable {
  readonly schema: string;
  readonly table: string;
  readonly relations: TaskRelations;
}

/** SQL: comments of ours on objects of a catalogue. */
const isOurs = (id: string, catalogue: string): string =>
  `EXISTS (SELECT FROM pg_description e WHERE e.objoid = ${id} AND e.classoid = '${catalogue}'::regclass AND e.objsubid = 0 AND e.description LIKE '${ENTRADA_COMMENT}%')`;

/**
 * Within the publishing transaction, before the table changes: removes foreign keys of Entrada from and to the table, and lets its views
 * refer to no table while their rights and what depends on them stay. Publishes of related tables wait for each other from here on.
 * @param how `replaced`: the table is dropped, renamed or truncated, or a column changes its type; `changed`: rows change.
 */
export async function detachRelations(
  session: LandingSession,
  related: RelatedTable,
  how: 'replaced' | 'changed',
): Promise<void> {
  const { schema, table, relations } = related;
  const live = qualified(schema, table);
  if (isRelated(related)) await lockRelations(session, schema);
  const keys = await findKeys(session, live);
  const wanted = new Set(relations.keys === 'foreign-keys' ? relations.references.map(({ name }) => name) : []);
  for (const { name, owner, enforced } of keys) {
    if (how === 'changed' && !enforced && wanted.has(name)) continue;
    await session.run(`ALTER TABLE ${owner} DROP CONSTRAINT ${quote(name)}`);
  }
  const shown = new Set(relations.views.map(({ name }) => name));
  for (const { view, name, columns } of await findViews(session, live)) {
    if (!shown.has(name)) await session.run(`DROP VIEW ${view}`);
    else if (how === 'replaced')
      await session.run(
        `CREATE OR REPLACE VIEW ${view} AS SELECT ${columns} WHERE false; COMMENT ON VIEW ${view} IS '${ENTRADA_COMMENT} is being replaced.'`,
      );
  }
}

/**
 * Within the publishing transaction, after the table has changed: makes the foreign keys, comments and views that the task wants of this table
 * and that can be made with the tables that exist. Returns notes on those that cannot be.
 */
export async function attachRelations(session: LandingSession, related: RelatedTable): Promise<readonly string[]> {
  const { schema, table, relations } = related;
  if (!isRelated(related)) return [];
  const notes: string[] = [];
  for (const reference of relations.references.filter((one) => one.table === table || one.toTable === table)) {
    if (reference.table === table) await comment(session, schema, reference);
    if (relations.keys === 'foreign-keys') notes.push(...(await addKey(session, schema, reference)));
  }
  for (const view of relations.views.filter((one) => one.table === table || one.joins.some((join) => join.table === table)))
    notes.push(...(await showView(session, schema, view)));
  return notes;
}

/** Drops what Entrada attached to a table that is dropped itself. */
export async function dropRelations(session: LandingSession, schema: string, table: string): Promise<void> {
  await detachRelations(session, { schema, table, relations: { keys: 'none', references: [], views: [] } }, 'replaced');
}

function isRelated({ relations: { references, views } }: RelatedTable): boolean {
  return references.length > 0 || views.length > 0;
}

/** Two transactions that each change one table of a foreign key would lock the other one, too. A long publish is waited for. */
async function lockRelations(session: LandingSession, schema: string): Promise<void> {
  await session.run(`SET LOCAL lock_timeout = 0`);
  await session.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 4))', [schema]);
  await session.run('SET LOCAL lock_timeout TO DEFAULT');
}

async function findKeys(session: LandingSession, live: string) {
  const { rows } = await session.query<{ name: string; owner: string; enforced: boolean }>(
    `SELECT conname AS name, conrelid::regclass::text AS owner, COALESCE((to_jsonb(k)->>'conenforced')::boolean, true) AS enforced
     FROM pg_constraint k WHERE contype = 'f' AND to_regclass($1) IN (conrelid, confrelid) AND ${isOurs('k.oid', 'pg_constraint')} ORDER BY 2, 1`,
    [live],
  );
  return rows;
}

/** Views of Entrada that use the table; `columns`: a select list with the same names and types. */
async function findViews(session: LandingSession, live: string) {
  const { rows } = await session.query<{ view: string; name: string; columns: string }>(
    `SELECT v.oid::regclass::text AS view, v.relname AS name,
       (SELECT string_agg(format('NULL::%s AS %I', format_type(atttypid, atttypmod), attname), ', ' ORDER BY attnum)
        FROM pg_attribute WHERE attrelid = v.oid AND attnum > 0 AND NOT attisdropped) AS columns
     FROM pg_class v WHERE v.relkind = 'v' AND ${isOurs('v.oid', 'pg_class')} AND EXISTS (
       SELECT FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
       WHERE r.ev_class = v.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = to_regclass($1)) ORDER BY 1`,
    [live],
  );
  return rows;
}

/** A comment of a person stays. */
async function comment(session: LandingSession, schema: string, { table, columns, toTable, toColumns }: TableReference) {
  const live = qualified(schema, table);
  const { rows } = await session.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = ANY($2)
     AND COALESCE(col_description(attrelid, attnum), '${ENTRADA_COMMENT}') LIKE '${ENTRADA_COMMENT}%'`,
    [live, columns],
  );
  for (const { name } of rows) {
    const to = `${toTable}.${toColumns[columns.indexOf(name)] ?? ''}`;
    await session.run(`COMMENT ON COLUMN ${live}.${quote(name)} IS ${pg.escapeLiteral(`${ENTRADA_COMMENT} refers to ${to}`)}`);
  }
}

async function addKey(session: LandingSession, schema: string, reference: TableReference): Promise<readonly string[]> {
  const { name, table, columns, toTable, toColumns } = reference;
  const [from, to] = [await findTable(session, schema, table), await findTable(session, schema, toTable)];
  const live = qualified(schema, table);
  if (from === null || to === null || (await findKeys(session, live)).some((key) => key.name === name)) return [];
  const isKey = toColumns.length === to.primaryKey.length && toColumns.every((column) => to.primaryKey.includes(column));
  const refused = isKey
    ? await tryToRun(
        session,
        `${await foreignKeySql(session, schema, reference)}; COMMENT ON CONSTRAINT ${quote(name)} ON ${live} IS '${ENTRADA_COMMENT} from the relationships in Microsoft Graph'`,
      )
    : `(${toColumns.join(', ')}) is not the key of ${toTable}.`;
  return refused === null
    ? []
    : [`The foreign key of ${table} (${columns.join(', ')}) to ${toTable} was not created: ${refused}`];
}

async function foreignKeySql(session: LandingSession, schema: string, reference: TableReference): Promise<string> {
  const { rows } = await session.query<{ version: string }>(`SELECT current_setting('server_version_num') AS version`);
  const isNew = Number(rows[0]?.version ?? 0) >= NOT_ENFORCED_SINCE;
  return keySql(schema, reference, isNew ? 'NOT ENFORCED' : 'NOT VALID');
}

/** Rows may refer to objects that are not landed, so that existing ones are not checked. */
export function keySql(schema: string, reference: TableReference, clause: 'NOT ENFORCED' | 'NOT VALID'): string {
  const { name, table, columns, toTable, toColumns } = reference;
  const list = (of: readonly string[]) => of.map(quote).join(', ');
  return `ALTER TABLE ${qualified(schema, table)} ADD CONSTRAINT ${quote(name)} FOREIGN KEY (${list(columns)})
  REFERENCES ${qualified(schema, toTable)} (${list(toColumns)}) ${clause}`;
}

async function showView(session: LandingSession, schema: string, view: RelationshipView): Promise<readonly string[]> {
  const name = qualified(schema, view.name);
  const landed = new Map<string, ReadonlySet<string>>();
  for (const table of new Set([view.table, ...view.joins.map((join) => join.table)])) {
    const found = await findTable(session, schema, table);
    if (found !== null) landed.set(table, new Set(found.columns.keys()));
  }
  if (!landed.has(view.table)) return [];
  const { rows } = await session.query<{ version: string; comment: string | null; kind: string | null }>(
    `SELECT current_setting('server_version_num') AS version, obj_description(to_regclass($1), 'pg_class') AS comment,
       (SELECT relkind FROM pg_class WHERE oid = to_regclass($1)) AS kind`,
    [name],
  );
  const { version = '0', comment: present = null, kind = null } = rows[0] ?? {};
  if (kind !== null && present?.startsWith(ENTRADA_COMMENT) !== true)
    return [`The view ${view.name} was not created: another object has this name.`];
  const select = viewSelect(schema, view, landed);
  const comment = `${ENTRADA_COMMENT} ${view.table} with names, ${createHash('sha256').update(select).digest('hex').slice(0, 12)}`;
  if (comment === present) return [];
  // Readers of the view need the rights on the tables, so that it shows nobody more than they do (PostgreSQL 15 and later).
  const rights = Number(version) >= 150_000 ? ' WITH (security_invoker = true)' : '';
  const create = `VIEW ${name}${rights} AS ${select}; COMMENT ON VIEW ${name} IS ${pg.escapeLiteral(comment)}`;
  const replaced = kind === null ? 'new' : await tryToRun(session, `CREATE OR REPLACE ${create}`);
  if (replaced === null) return [];
  // Other columns than before: what people attached to the view goes with it; what depends on it keeps it.
  const refused = await tryToRun(session, `DROP VIEW IF EXISTS ${name}; CREATE ${create}`);
  if (refused !== null) return [`The view ${view.name} was not created: ${refused}`];
  await grantToReader(session, name);
  return [];
}

/** The query of the view. A table or column that is not landed yet gives null, so that the columns are always the same ones. */
export function viewSelect(
  schema: string,
  { table, columns, joins, joined }: RelationshipView,
  landed: ReadonlyMap<string, ReadonlySet<string>>,
): string {
  const has = (name: string, column: string): boolean => landed.get(name)?.has(column) === true;
  const own = columns.filter((column) => has(table, column)).map((column) => `entrada__r.${quote(column)}`);
  const added = joined.map(({ name, from }) => {
    const values = from.flatMap(({ join, column }) =>
      has(joins[join]?.table ?? '', column) ? [`entrada__${join}.${quote(column)}`] : [],
    );
    const value = values.length > 1 ? `COALESCE(${values.join(', ')})` : (values[0] ?? 'NULL::text');
    return `${value} AS ${quote(name)}`;
  });
  const from = joins.flatMap((join, at) =>
    has(join.table, join.key)
      ? [
          `LEFT JOIN ${qualified(schema, join.table)} entrada__${at} ON entrada__${at}.${quote(join.key)} = entrada__r.${quote(join.on)}`,
        ]
      : [],
  );
  const present = has(table, DELETED_AT) ? `\n  WHERE entrada__r.${DELETED_AT} IS NULL` : '';
  return `SELECT ${[...own, ...added, 'entrada__r.hdr__run_id'].join(', ')}
  FROM ${[`${qualified(schema, table)} entrada__r`, ...from].join('\n  ')}${present}`;
}
