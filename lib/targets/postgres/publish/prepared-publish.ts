import pg from 'pg';
import type { GroupedPublish, GroupResult, Published, PublishOptions, Sink } from '#lib/reload/engine/sink.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import type { Finish } from '#lib/targets/postgres/full-load/replace-table.ts';
import { isConnectionLost } from '#lib/targets/postgres/landing-error.ts';
import { type LandingSession, withSession } from '#lib/targets/postgres/landing-session.ts';
import { findRecorded } from '#lib/targets/postgres/published.ts';
import type { PostgresServer } from '#lib/targets/postgres/server.ts';
import { lockTable } from '#lib/targets/postgres/table/landed-table.ts';

/** How often the publish of a group is tried when it and readers of its tables lock each other out. */
const DEADLOCK_TRIES = 3;

/** A publish whose rows, or changes, are in the staging schema. */
export interface PreparedPublish {
  /**
   * Within the publishing transaction. Does what readers do not wait for; the answer does the short rest, with the record of the publish. Can be
   * repeated after a rollback.
   */
  apply(): Promise<Finish<Published>>;
  /** After the transaction: drops what is left in the staging schema. Never throws. */
  discard(): Promise<void>;
}

/** Sinks of both update methods. */
export interface PostgresSink extends Sink {
  /** The session must have the lock of the table. Leaves nothing behind when it throws. */
  prepare(session: LandingSession, rows: StagedRows, options: PublishOptions): Promise<PreparedPublish>;
}

/** Publishes one dataset in a transaction of its own. */
export async function publishAlone(
  server: PostgresServer,
  { plan, runId, signal }: PublishOptions,
  prepare: (session: LandingSession) => Promise<PreparedPublish>,
): Promise<Published> {
  return withSession(server, signal, async (session) => {
    await lockTable(session, plan);
    const before = await findRecorded(session, plan, runId);
    if (before !== null) return before;
    const prepared = await prepare(session);
    try {
      return await session.transaction(
        async () => (await prepared.apply())(),
        (other) => findRecorded(other, plan, runId),
      );
    } finally {
      await prepared.discard();
    }
  });
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
  return `${plan.namespace}.${plan.table}`;
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
        return await session.transaction(async () => new Map([...before, ...(await applyAll(prepared, at))]), isDone);
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
  prepared: Prepared,
  at: <T>(dataset: GroupedPublish, work: () => Promise<T>) => Promise<T>,
): Promise<PublishedBy> {
  const finishes: [GroupedPublish, Finish<Published>][] = [];
  for (const [dataset, { apply }] of prepared) finishes.push([dataset, await at(dataset, apply)]);
  const published = new Map<GroupedPublish, Published>();
  for (const [dataset, finish] of finishes) published.set(dataset, await at(dataset, finish));
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
