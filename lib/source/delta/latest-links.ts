import { type DatasetDefinition, withoutColumns } from '#lib/domain/dataset/dataset.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { GraphError } from '#lib/graph/client/graph-error.ts';
import { fetchLatestDeltaLink, RESTART_DELTA_CODES } from '#lib/graph/paging/delta.ts';
import { AppError } from '#lib/platform/errors.ts';
import { ColumnRepair, type ColumnRepairOptions, type OmittedColumns } from '#lib/source/collection/column-repair.ts';
import { type DeltaCollection, type DeltaQuery, deltaQueryOf } from './delta-query.ts';
import { type DeltaToken, writeDeltaToken } from './delta-token.ts';

/**
 * Current delta links; null where delta query is not supported, or Graph refuses it for these columns. A refused request is repeated
 * without the columns that the list is proven to refuse as well.
 */
export async function requestDeltaToken(
  graph: GraphClient,
  dataset: DatasetDefinition,
  { signal, omitted }: ColumnRepairOptions & { readonly omitted: OmittedColumns },
): Promise<string | null> {
  const query = deltaQueryOf(dataset);
  if (query === null) return null;
  const columns = new ColumnRepair(graph, dataset, { signal, omitted });
  const watchOwn = (): DeltaCollection => deltaQueryOf(withoutColumns(dataset, new Set(omitted.keys())))?.own ?? query.own;
  const [own = null, ...members] = await Promise.all([
    lastingRefusalAsNull(() => columns.sendRepaired(() => requestDeltaLink(graph, watchOwn(), signal))),
    ...query.members.map((watch) => lastingRefusalAsNull(() => requestDeltaLink(graph, watch, signal))),
  ]);
  return own === null ? null : writeDeltaToken({ own, members: linksOf(query, members) });
}

/** The links of members by their collections. */
export function linksOf({ members }: DeltaQuery, links: readonly (string | null)[]): DeltaToken['members'] {
  return new Map(members.map(({ collection }, index) => [collection, links[index] ?? null]));
}

/** The delta link of now of one collection. */
export function requestDeltaLink(
  graph: GraphClient,
  { collection, select }: DeltaCollection,
  signal: AbortSignal,
): Promise<string> {
  const selected = select.length === 0 ? '' : `&$select=${select.map(encodeURIComponent).join(',')}`;
  return fetchLatestDeltaLink(graph, `${graph.baseUrl}${collection}/delta?$deltaToken=latest${selected}`, signal);
}

/** A refusal here is ignored: either the plain list still answers, or it reports the refusal. */
export async function lastingRefusalAsNull(take: () => Promise<string>): Promise<string | null> {
  try {
    return await take();
  } catch (error) {
    if (error instanceof GraphError && [400, 403, 404, 410, 501].includes(error.status)) return null;
    if (error instanceof AppError && RESTART_DELTA_CODES.has(error.code)) return null;
    throw error;
  }
}
