import type { DriftDecision } from '#lib/domain/run/drift.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { LandingSession } from '#lib/targets/postgres/landing-session.ts';
import { tryToRun } from '#lib/targets/postgres/publish/try-to-run.ts';
import { fitTable } from '#lib/targets/postgres/table/drift.ts';
import {
  type FoundTable,
  findTable,
  grantToReader,
  labelOf,
  namesOf,
  quote,
  STAGING_SCHEMA,
  type TableNames,
} from '#lib/targets/postgres/table/landed-table.ts';
import { renameParts } from '#lib/targets/postgres/table/rename-parts.ts';
import { type Attachment, type Dependent, findAttachments, findDependents } from './attachments.ts';
import { refillRows } from './refill-rows.ts';

export interface Replaced {
  /** Default: all rows of the stage. */
  readonly inserted?: number;
  readonly updated?: number;
  readonly deleted: number;
  readonly notes: readonly string[];
  /** The decisions that hold, where the table stayed; default: those of before the reading. */
  readonly drift?: readonly DriftDecision[];
}

/** Maximum number of names in a note or a problem; further ones are counted. */
const NAMED = 20;

/** The end of a step in the publishing transaction, for which readers of the table wait. */
export type PublishFinish<T> = () => Promise<T>;

/**
 * Within the publishing transaction: replaces the landed table by the loaded one, with everything that people attached to it. Where other objects
 * depend on the landed table (views, foreign keys, publications), it stays and gets the loaded rows. Notes name what could not be kept.
 * @throws AppError `landing-table-needed` when neither is possible.
 */
export async function replaceTable(
  session: LandingSession,
  plan: DatasetPlan,
  drift: readonly DriftDecision[],
): Promise<PublishFinish<Replaced>> {
  const names = namesOf(plan);
  const landed = await findTable(session, plan.namespace, plan.table);
  const loaded = await findTable(session, STAGING_SCHEMA, names.stagingName('new'));
  if (landed === null || loaded === null) return () => show(session, plan);
  // Prevents new attachments from here on; readers are not blocked.
  await session.run(`LOCK TABLE ${names.live} IN SHARE ROW EXCLUSIVE MODE; SET LOCAL search_path = pg_catalog`);
  const attachments = await findAttachments(session, { live: names.live, loaded: names.staging('new') });
  const dependents = await findDependents(session, names.live);
  await session.run('SET LOCAL search_path TO DEFAULT');
  const lost = [...landed.columns.keys()].filter((name) => !loaded.columns.has(name));
  const blind = attachments.filter(({ guards, columns }) => guards && columns.some((name) => lost.includes(name)));
  const holders = [...dependents, ...blind.map(({ what }) => ({ what: what ?? '', isForeignKey: false }))];
  if (holders.length > 0) {
    const filled = await loadInPlace(session, plan, { landed, holders, drift });
    return async () => filled;
  }
  const deleted = await countRows(session, names);
  const before = await attach(session, attachments.filter(isPlacedAt('loaded')), lost);
  return async () => {
    await session.run(`DROP TABLE ${names.live}`);
    const shown = await show(session, plan);
    const after = await attach(session, attachments.filter(isPlacedAt('landed')), lost);
    return { deleted, notes: [...shown.notes, ...before, ...after] };
  };
}

function isPlacedAt(place: Attachment['place']): (attachment: Attachment) => boolean {
  return (attachment) => attachment.place === place;
}

/** Renames the loaded table to the name of the landed one, which must not exist. */
async function show(session: LandingSession, plan: DatasetPlan): Promise<Replaced> {
  const names = namesOf(plan);
  await session.run(`ALTER TABLE ${names.staging('new')} SET SCHEMA ${names.schema};
    ALTER TABLE ${names.schema}.${quote(names.stagingName('new'))} RENAME TO ${quote(plan.table)}`);
  await renameParts(session, plan);
  await grantToReader(session, names.live);
  return { deleted: 0, notes: [] };
}

/** Runs the statements one by one. Returns a note for each that failed. */
async function attach(
  session: LandingSession,
  attachments: readonly Attachment[],
  lost: readonly string[],
): Promise<readonly string[]> {
  const notes: string[] = [];
  for (const { what, columns, sql, guards } of attachments) {
    const missing = columns.filter((name) => lost.includes(name));
    if (missing.length > 0) {
      if (what !== null) notes.push(`${startOf(what)} was not kept: it uses ${missing.join(', ')}, which is no longer read.`);
      continue;
    }
    if (guards) {
      await session.run(sql);
      continue;
    }
    const refused = await tryToRun(session, sql);
    if (refused === null) continue;
    notes.push(`${startOf(what ?? `A setting of column ${columns.join(', ')}`)} was not kept: ${refused}`);
  }
  return notes;
}

/**
 * Truncate, or append: the table stays with everything that depends on it. Rows of a table that foreign keys of other tables reference are
 * replaced one by one, since PostgreSQL cannot truncate it.
 */
export async function refillTable(
  session: LandingSession,
  plan: DatasetPlan,
  { how, drift: before }: { readonly how: 'truncate' | 'append'; readonly drift: readonly DriftDecision[] },
): Promise<Replaced> {
  const names = namesOf(plan);
  const found = await findTable(session, plan.namespace, plan.table);
  if (found === null) return show(session, plan);
  const drift = await fitTable(session, plan, { found, drift: before });
  if (how === 'append') return { deleted: 0, notes: await refillRows(session, plan, { found, how }), drift };
  const deleted = await countRows(session, names);
  const isReferred = (await findDependents(session, names.live)).some(({ isForeignKey }) => isForeignKey);
  const notes = await refillRows(session, plan, { found, how: isReferred ? 'merge' : 'truncate' });
  return { deleted, notes, drift };
}

interface InPlace {
  readonly landed: FoundTable;
  readonly holders: readonly Dependent[];
  readonly drift: readonly DriftDecision[];
}

/** Deletes and inserts, so that readers see the landed rows until the commit. */
async function loadInPlace(
  session: LandingSession,
  plan: DatasetPlan,
  { landed, holders, drift: before }: InPlace,
): Promise<Replaced> {
  const names = namesOf(plan);
  const listed = holders.slice(0, NAMED).map(({ what }) => what);
  const list = `${listed.join(', ')}${holders.length > NAMED ? ` and ${holders.length - NAMED} more` : ''}`;
  const drift = await alterInPlace(session, plan, { landed, list, drift: before });
  const deleted = await countRows(session, names);
  const how = holders.some(({ isForeignKey }) => isForeignKey) ? 'merge' : 'delete';
  const filled = await refillRows(session, plan, { found: landed, how });
  await grantToReader(session, names.live);
  const why = `The table was not dropped but loaded in place, so that what depends on it is kept: ${list}.`;
  return { deleted, notes: [why, ...filled], drift };
}

async function alterInPlace(
  session: LandingSession,
  plan: DatasetPlan,
  { landed, list, drift }: { readonly landed: FoundTable; readonly list: string; readonly drift: readonly DriftDecision[] },
): Promise<readonly DriftDecision[]> {
  try {
    return await fitTable(session, plan, { found: landed, drift });
  } catch (error) {
    const isRetyped = error instanceof AppError && error.code === 'column-retyped';
    const isNeeded = error instanceof AppError && error.code === 'landing-table-needed';
    if (!isRetyped && !isNeeded) throw error;
    throw new AppError(
      {
        code: 'landing-table-needed',
        title: `Other objects depend on ${labelOf(plan)}, and the type of a column has to change.`,
        detail: `${isRetyped ? `${error.message} ` : ''}It is used by: ${list}.`,
        remedy:
          'Drop those objects, run the task, and create them again; or rename the column on the connection metadata page. Nothing was published.',
        fixer: 'you',
      },
      { cause: error },
    );
  }
}

async function countRows(session: LandingSession, { live }: TableNames): Promise<number> {
  const { rows } = await session.query<{ count: string }>(`SELECT count(*) AS count FROM ${live}`);
  return Number(rows[0]?.count ?? 0);
}

function startOf(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
