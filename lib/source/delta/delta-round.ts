import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { followDelta, isDeltaLinkOf, isResyncRequired, RESTART_DELTA_CODES } from '#lib/graph/paging/delta.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { ChangesOptions } from '#lib/reload/engine/ports.ts';
import { ChangesLostError } from '#lib/reload/engine/reading/changes-lost.ts';
import type { ColumnRepair } from '#lib/source/collection/column-repair.ts';
import { rootOf } from '#lib/source/dataset-request.ts';
import { readGroupsOf } from '#lib/source/relationship/groups-of.ts';
import type { DeltaCollection, DeltaQuery } from './delta-query.ts';
import { readDeltaToken, writeDeltaToken } from './delta-token.ts';
import { lastingRefusalAsNull, linksOf, requestDeltaLink } from './latest-links.ts';

export interface ReportedChanges {
  /** Ids of the scope; true when all that was said of one is that it is removed. */
  readonly ids: readonly (readonly [id: string, gone: boolean])[];
  readonly deltaToken: string;
  readonly requests: number;
  readonly throttledMs: number;
}

/** Reads what a round reports of the scope, and of members that changed by themselves. */
export async function readReported(
  graph: GraphClient,
  dataset: DatasetDefinition,
  query: DeltaQuery,
  {
    deltaToken,
    changedIdsMax,
    signal,
    columns,
  }: Pick<ChangesOptions, 'deltaToken' | 'changedIdsMax' | 'signal'> & { columns: ColumnRepair },
): Promise<ReportedChanges> {
  const links = readDeltaToken(deltaToken);
  if (links === null) throw new ChangesLostError('The saved delta link cannot be read.');
  const [own, ...rounds] = await Promise.all([
    columns.sendRepaired(() =>
      readRound(graph, query.own, { link: asSelected(links.own, dataset, columns), changedIdsMax, signal }),
    ),
    ...query.members.map(async (watch) => {
      const link = links.members.get(watch.collection) ?? null;
      return link === null ? readNone(graph, watch, signal) : readMembers(graph, dataset, watch, { link, changedIdsMax, signal });
    }),
  ]);
  const ids = new Map(own.ids);
  for (const id of rounds.flatMap(({ groups }) => [...groups])) ids.set(id, ids.get(id) ?? false);
  if (ids.size > changedIdsMax) throw tooMany(changedIdsMax);
  const sum = (of: 'requests' | 'throttledMs'): number => [own, ...rounds].reduce((total, round) => total + round[of], 0);
  const requests = sum('requests') + columns.takeRequests();
  const members = linksOf(
    query,
    rounds.map(({ link }) => link),
  );
  const next = writeDeltaToken({ own: own.link, members });
  return { ids: [...ids], deltaToken: next, requests, throttledMs: sum('throttledMs') };
}

/** The link without properties that are no longer requested, where it contains `$select` (most links have it in their token). */
function asSelected(link: string, dataset: DatasetDefinition, { columns }: ColumnRepair): string {
  const url = URL.parse(link);
  if (url === null) return link;
  const selected = url.searchParams.get('$select');
  const kept = new Set(columns.map(rootOf));
  const left = new Set(dataset.columns.map(rootOf).filter((name) => !kept.has(name)));
  const names = selected?.split(',') ?? [];
  if (names.every((name) => !left.has(name))) return link;
  url.searchParams.set('$select', names.filter((name) => !left.has(name)).join(','));
  return url.href;
}

/** Members whose kind may not be read have no properties that could change; once it may, all of theirs have. */
async function readNone(graph: GraphClient, watch: DeltaCollection, signal: AbortSignal) {
  if ((await lastingRefusalAsNull(() => requestDeltaLink(graph, watch, signal))) !== null)
    throw new ChangesLostError(`Graph now reports changes in ${watch.collection}, but did not before.`);
  return { groups: [], link: null, requests: 1, throttledMs: 0 };
}

interface RoundOptions extends Pick<ChangesOptions, 'changedIdsMax' | 'signal'> {
  readonly link: string;
}

/** The groups of the members that changed. */
async function readMembers(
  graph: GraphClient,
  dataset: DatasetDefinition,
  watch: DeltaCollection,
  { link, changedIdsMax, signal }: RoundOptions,
) {
  const { collection } = watch;
  const round = await readRound(graph, watch, { link, changedIdsMax, signal });
  const ids = round.ids.filter(([, gone]) => !gone).map(([id]) => id);
  const found = await readGroupsOf(graph, dataset, { collection, ids, signal });
  const requests = round.requests + found.requests;
  return { groups: found.groups, link: round.link, requests, throttledMs: round.throttledMs + found.throttledMs };
}

/** Ids of a whole round of one collection; `gone` when all that was said of one is that it is removed. */
async function readRound(graph: GraphClient, { collection }: DeltaCollection, { link, changedIdsMax, signal }: RoundOptions) {
  if (!isDeltaLinkOf(link, graph, collection))
    throw new ChangesLostError(`The saved delta link does not belong to ${collection}.`);
  const gone = new Map<string, boolean>();
  let next = '';
  let requests = 0;
  let throttledMs = 0;
  try {
    for await (const page of followDelta(graph, link, signal)) {
      requests += page.requests;
      throttledMs += page.throttledMs;
      for (const { id, removed } of page.items) gone.set(id, (gone.get(id) ?? true) && removed);
      if (gone.size > changedIdsMax) throw tooMany(changedIdsMax);
      next = page.deltaLink ?? next;
    }
  } catch (error) {
    if (error instanceof AppError && RESTART_DELTA_CODES.has(error.code)) {
      const { title, detail } = error.problem;
      throw new ChangesLostError(`Entrada could not read the changes: ${title}${detail === undefined ? '' : ` ${detail}`}`, {
        cause: error,
      });
    }
    if (isResyncRequired(error))
      throw new ChangesLostError('Graph no longer has the changes since the last run (the delta link has expired).', {
        cause: error,
      });
    throw error;
  }
  return { ids: [...gone], link: next, requests, throttledMs };
}

function tooMany(changedIdsMax: number): ChangesLostError {
  return new ChangesLostError(`More than ${changedIdsMax} rows changed, so a full read is faster.`);
}
