import pg from 'pg';
import { NO_RELATIONS, type TaskRelations } from '#lib/domain/task/relations.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { GroupedPublish, GroupResult, Published, PublishOptions, Sink } from '#lib/reload/engine/sink.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { isConnectionLost } from '#lib/targets/database/database-problems.ts';
import type { PublishFinish } from '#lib/targets/postgres/full-load/replace-table.ts';
import { type LandingSession, withSession } from '#lib/targets/postgres/landing-session.ts';
import { findRecorded } from '#lib/targets/postgres/published.ts';
import type { PostgresServer } from '#lib/targets/postgres/server.ts';
import { labelOf, lockTable } from '#lib/targets/postgres/table/landed-table.ts';
import { attachRelations, detachRelations, type RelatedTable } from './relations.ts';

/** How often the publish of a group is tried when it and readers of its tables lock each other out. */
const DEADLOCK_TRIES = 3;

/** A publish whose rows, or changes, are in the staging schema. */
export interface PreparedPublish {
  /**
   * Within the publishing transaction. Does what readers do not wait for; the answer does the short rest, with the record of the publish. Can be
   * repeated after a rollback.
   */
  apply(): Promise<PublishFinish<Published>>;
  /** See `detachRelations`. */
  readonly how: 'replaced' | 'changed';
  /** After the transaction: drops what is left in the staging schema. Never throws. */
  discard(): Promise<void>;
}

/** Sinks of both update methods. */
export interface PostgresSink extends Sink {
  /** How the tables of the task belong together. */
  readonly relations: TaskRelations;
  /** The session must have the lock of the table. Leaves nothing behind when it throws. */
  prepare(session: LandingSession, rows: StagedRows, options: PublishOptions): Promise<PreparedPublish>;
}

/** Publishes one dataset in a transaction of its own. */
export async function publishAlone(
  server: PostgresServer,
  { options, relations }: { readonly options: PublishOptions; readonly relations: TaskRelations },
  prepare: (session: LandingSession) => Promise<PreparedPublish>,
): Promise<Published> {
  const { plan, runId, signal } = options;
  return withSession(server, signal, async (session) => {
    await lockTable(session, plan);
    const before = await findRecorded(session, plan, runId);
    if (before !== null) return before;
    const prepared = await prepare(session);
    const related = relatedOf(plan, relations);
    try {
      return await session.transaction(
        async () => {
          await detachRelations(session, related, prepared.how);
          const published = await (await prepared.apply())();
          return withNotes(published, await attachRelations(session, related));
        },
        (other) => findRecorded(other, plan, runId),
      );
    } finally {
      await prepared.discard();
    }
  });
}

function relatedOf({ namespace, table }: DatasetPlan, relations: TaskRelations): RelatedTable {
  return { schema: namespace, table, relations };
}

function withNotes(published: Published, notes: readonly string[]): Published {
  return notes.length === 0 ? published : { ...published, notes: [...published.notes, ...notes] };
}

/**
 * Publishes datasets of one run in one transaction: all of them are loaded beside their tables first. Locks are taken in the order of the names,
 * so that two runs cannot wait for each other; readers wait only for the short end of each.
 */
export async function publishTogether(
  server: PostgresServer,
  datasets: readonly GroupedPublish[],
): Promise<readonly GroupResult[]> {
  const signal = AbortSignal.any(datasets.map(({ options }) => options.signal));
  const inOrder = datasets.toSorted((one, other) => (tableOf(one) < tableOf(other) ? -1 : 1));
  try {
    const published = await withSession(server, signal, (session) => publishInOrder(session, inOrder, signal));
    return datasets.map((dataset) => ({ published: published.get(dataset) as Published }));
  } catch (error) {
    if (!(error instanceof DatasetFault)) throw error;
    return datasets.map((dataset) => (dataset === error.dataset ? { error: error.cause } : 'not-published'));
  }
}

function tableOf({ options: { plan } }: GroupedPublish): string {
  return labelOf(plan);
}

/** An error in the publish of this dataset, and not of the connection that all share. */
class DatasetFault extends Error {
  readonly dataset: GroupedPublish;

  constructor(dataset: GroupedPublish, options: { readonly cause: unknown }) {
    super('a dataset of the group could not be published', options);
    this.dataset = dataset;
  }
}

type PublishedBy = ReadonlyMap<GroupedPublish, Published>;
type Prepared = readonly (readonly [GroupedPublish, PreparedPublish])[];

async function publishInOrder(
  session: LandingSession,
  datasets: readonly GroupedPublish[],
  signal: AbortSignal,
): Promise<PublishedBy> {
  const at = async <T>(dataset: GroupedPublish, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || isConnectionLost(error)) throw error;
      throw new DatasetFault(dataset, { cause: error });
    }
  };
  for (const dataset of datasets) await at(dataset, () => lockTable(session, dataset.options.plan));
  const before = await findAll(session, datasets);
  const prepared: [GroupedPublish, PreparedPublish][] = [];
  try {
    for (const dataset of datasets.filter((one) => !before.has(one))) {
      const { sink, options } = dataset;
      if (!isPostgres(sink)) throw new TypeError('a group has the sinks of one target');
      await at(dataset, async () => prepared.push([dataset, await sink.prepare(session, await dataset.open(), options)]));
      if (!isNeededLater(options)) dataset.rest();
    }
    const isDone = async (other: LandingSession) => {
      const found = await findAll(other, datasets);
      return found.size === datasets.length ? found : null;
    };
    for (let tries = 1; ; tries += 1) {
      try {
        return await session.transaction(async () => new Map([...before, ...(await applyAll(session, prepared, at))]), isDone);
      } catch (error) {
        if (tries === DEADLOCK_TRIES || !isDeadlock(error)) throw error;
      }
    }
  } finally {
    for (const [dataset, one] of prepared) {
      await one.discard();
      dataset.rest();
    }
  }
}

async function applyAll(
  session: LandingSession,
  prepared: Prepared,
  at: <T>(dataset: GroupedPublish, work: () => Promise<T>) => Promise<T>,
): Promise<PublishedBy> {
  const related = ({ sink, options }: GroupedPublish) =>
    relatedOf(options.plan, isPostgres(sink) ? sink.relations : NO_RELATIONS);
  for (const [dataset, { how }] of prepared) await at(dataset, () => detachRelations(session, related(dataset), how));
  const finishes: [GroupedPublish, PublishFinish<Published>][] = [];
  for (const [dataset, { apply }] of prepared) finishes.push([dataset, await at(dataset, apply)]);
  const published = new Map<GroupedPublish, Published>();
  for (const [dataset, finish] of finishes) published.set(dataset, await at(dataset, finish));
  for (const [dataset, done] of published)
    published.set(dataset, withNotes(done, await at(dataset, () => attachRelations(session, related(dataset)))));
  return published;
}

/** What the run published of these before. */
async function findAll(session: LandingSession, datasets: readonly GroupedPublish[]): Promise<PublishedBy> {
  const found = new Map<GroupedPublish, Published>();
  for (const dataset of datasets) {
    const before = await findRecorded(session, dataset.options.plan, dataset.options.runId);
    if (before !== null) found.set(dataset, before);
  }
  return found;
}

/** Whether the transaction reads from the stage: keys of rows that stay, rejected rows, ids that delta query reported. */
function isNeededLater({ unproven, rejected, changes }: PublishOptions): boolean {
  return unproven !== null || rejected != null || changes?.since != null;
}

function isPostgres(sink: Sink): sink is PostgresSink {
  return 'prepare' in sink;
}

function isDeadlock(error: unknown): boolean {
  const { cause } = error instanceof DatasetFault ? error : { cause: null };
  return cause instanceof pg.DatabaseError && cause.code === '40P01';
}
