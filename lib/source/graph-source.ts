import type { Granted } from '#lib/domain/access/access.ts';
import type { SourceConnection } from '#lib/domain/account/session.ts';
import { type DatasetDefinition, withoutColumns } from '#lib/domain/dataset/dataset.ts';
import { partRowsMax, splitRulesOf } from '#lib/domain/dataset/partition.ts';
import type { Wait } from '#lib/domain/run/wait.ts';
import { type GraphClient, withRequestCount, withWaits } from '#lib/graph/client/client.ts';
import { createWaitReporter } from '#lib/graph/limits/wait-reporter.ts';
import type { Page, ReadOptions, Source } from '#lib/reload/engine/ports.ts';
import type { OmittedColumns } from './collection/column-repair.ts';
import { countObjects } from './collection/count-rows.ts';
import { chooseStrategy, type ReadStrategy, readEntity } from './collection/entity-source.ts';
import { isStarted } from './collection/part-cursor.ts';
import { openConnection, type SourceConfig } from './connect.ts';
import { changeScope } from './delta/delta-query.ts';
import { readChanges } from './delta/delta-source.ts';
import { requestDeltaToken } from './delta/latest-links.ts';
import type { ReadGranted } from './relationship/hidden-members.ts';
import { readRelationship } from './relationship/relationship-source.ts';

export interface GraphSource extends Source {
  /** The same source for one dataset run. `onWait` receives why its requests wait, and null once none does. */
  reportingWaits(onWait: (wait: Wait | null) => void): Source;
  close(): Promise<void>;
}

/** The datasets of a connection as pages of bytes. One for a run: its datasets share tokens and sockets. */
export function createGraphSource(config: SourceConfig, { settings, ...of }: SourceConnection): GraphSource {
  const connection = openConnection(config, { settings, ...of }, 'Low');
  const readGranted = async (): Promise<Granted | null> => {
    const { permissions } = await connection.tokens.get();
    // Some token services name none: then it isn't known.
    return permissions.length === 0 ? null : { permissions: new Set(permissions), signIn: settings.signIn };
  };
  return {
    ...sourceOf(connection.graph, readGranted),
    reportingWaits: (onWait) => sourceOf(withWaits(connection.graph, createWaitReporter(onWait)), readGranted),
    close: () => connection.close(),
  };
}

/** Datasets as pages, over a client that is ready. `readGranted`: what its token may do; unknown when it is left out. */
export function sourceOf(client: GraphClient, readGranted: ReadGranted = async () => null): Source {
  let requestsSent = 0;
  let requestsRefused = 0;
  const graph = withRequestCount(client, {
    onSend: () => void requestsSent++,
    onRefused: (answers) => {
      requestsRefused += answers;
    },
  });
  /** Counts that were requested ahead of time, and the strategies that follow from them. */
  const prefetchedCounts = new Map<DatasetDefinition, Promise<number | null>>();
  const strategies = new Map<DatasetDefinition, Promise<ReadStrategy>>();
  /** The last count of each dataset, by name (its columns may become fewer while it is read): it says whether splitting is worth it. */
  const totals = new Map<string, number | null>();
  /** Columns that one of the readings of a dataset has found to be refused: the others don't ask for them. */
  const omittedColumns = new Map<string, OmittedColumns>();
  const omittedOf = ({ name }: DatasetDefinition): OmittedColumns => {
    const known = omittedColumns.get(name) ?? new Map<string, string>();
    omittedColumns.set(name, known);
    return known;
  };
  const asked = (dataset: DatasetDefinition) => withoutColumns(dataset, new Set(omittedOf(dataset).keys()));
  const count = async (dataset: DatasetDefinition, signal: AbortSignal): Promise<number | null> => {
    const asked = prefetchedCounts.get(dataset) ?? countObjects(graph, dataset, signal);
    prefetchedCounts.delete(dataset);
    const total = await asked;
    totals.set(dataset.name, total);
    return total;
  };
  const prepare = (dataset: DatasetDefinition, signal: AbortSignal): void => {
    if (prefetchedCounts.has(dataset)) return;
    const asked = countObjects(graph, dataset, signal);
    prefetchedCounts.set(dataset, asked);
    asked.catch(() => undefined);
    if (splitRulesOf(dataset).length === 0) return;
    const strategy = asked.then((total) => chooseStrategy(graph, dataset, { total, cursor: null, signal }));
    strategies.set(dataset, strategy);
    strategy.catch(() => undefined);
  };
  const strategyFrom = async (dataset: DatasetDefinition, cursor: string | null, signal: AbortSignal): Promise<ReadStrategy> => {
    if (isStarted(cursor)) return chooseStrategy(graph, dataset, { cursor, signal, total: null });
    const ahead = strategies.get(dataset);
    strategies.delete(dataset);
    if (ahead !== undefined) return ahead;
    const splittable = splitRulesOf(dataset).length > 0;
    const total = totals.get(dataset.name) ?? (splittable ? await count(dataset, signal) : null);
    return chooseStrategy(graph, dataset, { cursor, signal, total });
  };
  async function* readWhole(dataset: DatasetDefinition, options: Omit<ReadOptions, 'cursor'>): AsyncGenerator<Page> {
    const strategy = await chooseStrategy(graph, dataset, { cursor: null, signal: options.signal, total: null });
    yield* readEntity(graph, asked(dataset), { ...options, cursor: null, strategy, omitted: omittedOf(dataset) });
  }
  return {
    prepare,
    count: async (dataset, signal) => (dataset.read.countable ? count(dataset, signal) : null),
    async *read(dataset, options) {
      const omitted = omittedOf(dataset);
      if (dataset.parent !== null) yield* readRelationship(graph, asked(dataset), { ...options, omitted, readGranted });
      else {
        const strategy = await strategyFrom(dataset, options.cursor, options.signal);
        yield* readEntity(graph, asked(dataset), { ...options, strategy, omitted });
      }
    },
    readWhole: (dataset, options) => {
      const total = totals.get(dataset.name) ?? null;
      return total !== null && isSplit(dataset, total) ? readWhole(dataset, options) : null;
    },
    changeScope,
    deltaToken: (dataset, signal) => {
      // The caller reads everything next: the count is requested at the same time.
      prepare(dataset, signal);
      return requestDeltaToken(graph, asked(dataset), { signal, omitted: omittedOf(dataset) });
    },
    requestsSent: () => requestsSent,
    requestsRefused: () => requestsRefused,
    changes: (dataset, options) => readChanges(graph, asked(dataset), { ...options, omitted: omittedOf(dataset), readGranted }),
  };
}

/** Whether so large a collection is read in parts. */
function isSplit(dataset: DatasetDefinition, total: number): boolean {
  const { pageSizeMax } = dataset.read;
  return splitRulesOf(dataset).length > 0 && pageSizeMax !== null && partRowsMax(total, pageSizeMax) !== null;
}
