import { type ProbeResult, permissionsFor } from '#lib/domain/access/access.ts';
import { hiddenParentsOf } from '#lib/domain/access/hidden-membership.ts';
import type { SourceConnection } from '#lib/domain/account/session.ts';
import type { SignInMethod } from '#lib/domain/connection/connection.ts';
import type { Column, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { mapConcurrently } from '#lib/platform/async/map-concurrently.ts';
import { AppError } from '#lib/platform/errors.ts';
import { needsOwnPermission } from '#lib/source/column-needs.ts';
import { openConnection, type SourceConfig } from '#lib/source/connect.ts';
import { firstParents, firstRows } from '#lib/source/relationship/first-rows.ts';
import { findHiddenMembers } from '#lib/source/relationship/hidden-members.ts';
import { datasetProblem } from './dataset-problem.ts';
import { readRefusal } from './read-refusal.ts';

/** Probes under way at once; with one request each they are no load. */
const AT_ONCE = 6;
/** Objects that hide their members that are named; the others are counted. */
const UNSEEN_NAMED_MAX = 3;
/** What takes longer is left unknown: a throttled service must not hold up all the others. */
const TIMEOUT_MS = 20_000;

export interface ProbeDatasetsInput {
  readonly connection: SourceConnection;
  readonly datasets: readonly DatasetDefinition[];
  /** Of the token: they distinguish a missing permission from a missing licence or directory role. */
  readonly permissions: readonly string[];
}

/**
 * Asks for one row of each dataset, and of each column that needs more than its dataset; yields each result as it comes. Refusals are
 * results, never errors.
 */
export async function* probeDatasets(
  config: SourceConfig,
  { connection: { settings, ...of }, datasets, permissions }: ProbeDatasetsInput,
  signal: AbortSignal,
): AsyncGenerator<{ readonly dataset: string; readonly result: ProbeResult }> {
  const connection = openConnection(config, { settings, ...of });
  const granted = new Set(permissions);
  const { signIn } = settings;
  try {
    yield* mapConcurrently(datasets, AT_ONCE, async (dataset) => {
      signal.throwIfAborted();
      const request = { graph: connection.graph, dataset, granted, signIn, needed: permissionsFor(dataset, signIn) };
      return { dataset: dataset.name, result: await probeDataset(request, signal) };
    });
  } finally {
    await connection.close();
  }
}

/** One dataset, and what the token has for it. */
export interface ProbeRequest {
  readonly graph: GraphClient;
  readonly dataset: DatasetDefinition;
  readonly granted: ReadonlySet<string>;
  /** Permissions any of which would do, the least one first. */
  readonly needed: readonly string[];
  /** How the token was had; as an application is trusted with more. */
  readonly signIn?: SignInMethod;
}

/** Asks for one row of a dataset. @throws what stopped it; nothing else */
export async function probeDataset(request: ProbeRequest, stop: AbortSignal): Promise<ProbeResult> {
  const { dataset, graph } = request;
  const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]);
  let parentId: string | undefined;
  try {
    if (dataset.parent !== null) {
      [parentId] = await firstParents(graph, dataset, { top: 1, signal });
      if (parentId === undefined) return nothingToAsk(dataset);
    }
    const plain = dataset.columns.filter((column) => column.selected && !needsOwnPermission(column));
    const key = dataset.columns.filter((column) => column.key);
    await firstRows(graph, dataset, plain.length > 0 ? plain : key, {
      top: 1,
      signal,
      ...(parentId === undefined ? {} : { parentId }),
    });
  } catch (error) {
    return refusal(request, error, stop);
  }
  const columns: ProbeResult['columns'] = [];
  for (const column of dataset.columns.filter(needsOwnPermission)) {
    const refused = await probeColumn(request, column, { parentId, stop });
    if (refused !== null) columns.push(refused);
  }
  return { access: 'granted', reason: null, problem: null, columns, ...(await describeHiddenParents(request, signal)) };
}

/** A sentence about parents that hide their rows from the token; null when none was found. */
async function describeHiddenParents(request: ProbeRequest, signal: AbortSignal): Promise<Pick<ProbeResult, 'unseen'>> {
  const { graph, dataset, granted, signIn = 'delegated' } = request;
  const parents = hiddenParentsOf(dataset);
  if (parents === null) return {};
  const known = granted.size === 0 ? null : { permissions: granted, signIn };
  try {
    const { ids, why } = await findHiddenMembers(graph, dataset, { readGranted: async () => known, signal });
    if (ids.length === 0) return { unseen: null };
    const named = ids.slice(0, UNSEEN_NAMED_MAX).flatMap((id) => why(id) ?? []);
    const more = ids.length > named.length ? `; and ${ids.length - named.length} more` : '';
    return {
      unseen: `Graph does not show the members of ${ids.length} ${parents.kind}: ${named.join('; ')}${more}. Their landed rows are kept.`,
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return {};
  }
}

async function probeColumn(
  request: ProbeRequest,
  column: Column,
  { parentId, stop }: { readonly parentId: string | undefined; readonly stop: AbortSignal },
): Promise<ProbeResult['columns'][number] | null> {
  const { graph, dataset } = request;
  const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]);
  const columns = [...dataset.columns.filter(({ key }) => key), column];
  try {
    await firstRows(graph, dataset, columns, { top: 1, signal, ...(parentId === undefined ? {} : { parentId }) });
    return null;
  } catch (error) {
    const needed = column.permission === null ? request.needed : [column.permission];
    const { access, reason } = refusal({ ...request, needed }, error, stop, column.licence);
    const words = access === 'not-in-cloud' ? 'In this cloud, Graph does not return this column in lists.' : reason;
    return { sourcePath: column.sourcePath, access, reason: words ?? 'Graph refuses this column.' };
  }
}

/** Whatever was thrown is the result of this dataset; the others are asked all the same. @throws what stopped the probe. */
function refusal(request: ProbeRequest, error: unknown, stop: AbortSignal, licence = request.dataset.licence): ProbeResult {
  stop.throwIfAborted();
  if (!(error instanceof AppError)) {
    const problem = datasetProblem(error);
    return { access: 'unknown', reason: problem.title, problem, columns: [] };
  }
  return { ...readRefusal(error, { ...request, licence, relation: request.dataset.parent !== null }), columns: [] };
}

function nothingToAsk(dataset: DatasetDefinition): ProbeResult {
  const reason = `The tenant has no object in ${dataset.parent?.path ?? ''} for a test. The first reload shows whether the dataset can be read.`;
  return { access: 'unknown', reason, problem: null, columns: [] };
}
