import type { Granted } from '#lib/domain/access/access.ts';
import type { ConnectionSession } from '#lib/domain/account/session.ts';
import { type DatasetDefinition, withoutColumns } from '#lib/domain/dataset/dataset.ts';
import { partRowsMax, splitRulesOf } from '#lib/domain/dataset/partition.ts';
import { type GraphClient, withWaits } from '#lib/graph/client/client.ts';
import { createWaitWatch } from '#lib/graph/limits/wait-watch.ts';
import type { Page, ReadOptions, Source } from '#lib/reload/engine/ports.ts';
import type { LeftOut } from './collection/column-repair.ts';
import { countObjects } from './collection/count-rows.ts';
import { findWay, readEntity, type Way } from './collection/entity-source.ts';
import { isBegun } from './collection/part-cursor.ts';
import { type ExecutorConfig, openConnection } from './connect.ts';
import { changeScope } from './delta/delta-query.ts';
import { readChanges, takeMark } from './delta/delta-source.ts';
import type { AskGranted } from './relationship/hidden-members.ts';
import { readRelationship } from './relationship/relationship-source.ts';

export interface GraphSource extends Source {
  /** The same source for one dataset run, which tells why its requests wait; null once none does. */
  telling(onWait: (words: string | null) => void): Source;
  close(): Promise<void>;
}

/** The datasets of a connection as pages of bytes. One for a run: its datasets share tokens and sockets. */
export function createGraphSource({
  session,
  config,
}: {
  readonly session: ConnectionSession;
  readonly config: ExecutorConfig;
}): GraphSource {
  const connection = openConnection(config, session, 'Low');
  const askGranted = async (): Promise<Granted | null> => {
    const { permissions } = await connection.tokens.get();
    // Some token services name none: then it isn't known.
    return permissions.length === 0 ? null : { permissions: new Set(permissions), signIn: session.settings.signIn };
  };
  return {
    ...sourceOf(connection.graph, askGranted),
    telling: (onWait) => sourceOf(withWaits(connection.graph, createWaitWatch(onWait)), askGranted),
    close: () => connection.close(),
  };
}

/** Datasets as pages, over a client that is ready. `askGranted`: what its token may do; unknown when it is left out. */
export function sourceOf(graph: GraphClient, askGranted: AskGranted = async () => null): Source {
  /** Counts that were asked for ahead of time, and ways that follow from them. */
  const early = new Map<DatasetDefinition, Promise<number | null>>();
  const ways = new Map<DatasetDefinition, Promise<Way>>();
  /** The last count of each dataset, by name (its columns may become fewer on the way): it says whether splitting is worth it. */
  const totals = new Map<string, number | null>();
  /** Columns that one of the readings of a dataset has found to be refused: the others don't ask for them. */
  const refused = new Map<string, LeftOut>();
  const leftOutOf = ({ name }: DatasetDefinition): LeftOut => {
    const known = refused.get(name) ?? new Map<string, string>();
    refused.set(name, known);
    return known;
  };
  const asked = (dataset: DatasetDefinition) => withoutColumns(dataset, new Set(leftOutOf(dataset).keys()));
  const count = async (dataset: DatasetDefinition, signal: AbortSignal): Promise<number | null> => {
    const asked = early.get(dataset) ?? countObjects(graph, dataset, signal);
    early.delete(dataset);
    const total = await asked;
    totals.set(dataset.name, total);
    return total;
  };
  const prepare = (dataset: DatasetDefinition, signal: AbortSignal): void => {
    if (early.has(dataset)) return;
    const asked = countObjects(graph, dataset, signal);
    early.set(dataset, asked);
    asked.catch(() => undefined);
    if (splitRulesOf(dataset).length === 0) return;
    const way = asked.then((total) => findWay(graph, dataset, { total, cursor: null, signal }));
    ways.set(dataset, way);
    way.catch(() => undefined);
  };
  const wayFrom = async (dataset: DatasetDefinition, cursor: string | null, signal: AbortSignal): Promise<Way> => {
    if (isBegun(cursor)) return findWay(graph, dataset, { cursor, signal, total: null });
    const ahead = ways.get(dataset);
    ways.delete(dataset);
    if (ahead !== undefined) return ahead;
    const splittable = splitRulesOf(dataset).length > 0;
    const total = totals.get(dataset.name) ?? (splittable ? await count(dataset, signal) : null);
    return findWay(graph, dataset, { cursor, signal, total });
  };
  async function* readWhole(dataset: DatasetDefinition, options: Omit<ReadOptions, 'cursor'>): AsyncGenerator<Page> {
    const way = await findWay(graph, dataset, { cursor: null, signal: options.signal, total: null });
    yield* readEntity(graph, asked(dataset), { ...options, cursor: null, way, leftOut: leftOutOf(dataset) });
  }
  return {
    prepare,
    count: async (dataset, signal) => (dataset.read.countable ? count(dataset, signal) : null),
    async *read(dataset, options) {
      const leftOut = leftOutOf(dataset);
      if (dataset.parent !== null) yield* readRelationship(graph, asked(dataset), { ...options, leftOut, askGranted });
      else {
        const way = await wayFrom(dataset, options.cursor, options.signal);
        yield* readEntity(graph, asked(dataset), { ...options, way, leftOut });
      }
    },
    readWhole: (dataset, options) => {
      const total = totals.get(dataset.name) ?? null;
      return total !== null && isSplit(dataset, total) ? readWhole(dataset, options) : null;
    },
    changeScope,
    deltaToken: (dataset, signal) => {
      // Who takes a mark reads everything next: both go at once.
      prepare(dataset, signal);
      return takeMark(graph, asked(dataset), { signal, leftOut: leftOutOf(dataset) });
    },
    changes: (dataset, options) => readChanges(graph, asked(dataset), { ...options, leftOut: leftOutOf(dataset), askGranted }),
  };
}

/** Whether so large a collection is read in parts. */
function isSplit(dataset: DatasetDefinition, total: number): boolean {
  const { pageSizeMax } = dataset.read;
  return splitRulesOf(dataset).length > 0 && pageSizeMax !== null && partRowsMax(total, pageSizeMax) !== null;
}
