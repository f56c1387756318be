import type { SourceConnection } from '#lib/domain/account/session.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { FilterCheckDto } from '#lib/domain/metadata/metadata.ts';
import type { Problem } from '#lib/domain/problem.ts';
import { readList } from '#lib/graph/client/answer.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { GraphError } from '#lib/graph/client/graph-error.ts';
import { openConnection, type SourceConfig } from '#lib/source/connect.ts';
import { ADVANCED_QUERY_HEADERS } from '#lib/source/dataset-request.ts';
import { fillPath } from '#lib/source/parent-path.ts';
import { firstParents } from '#lib/source/relationship/first-rows.ts';

const TIMEOUT_MS = 20_000;

type Answer = { readonly ok: true; readonly count: number | null } | { readonly ok: false; readonly error: GraphError };

/**
 * Requests one row of a dataset with a filter: as it is, and at the same time with the advanced query headers, which also count matching
 * rows (Graph docs "Advanced query capabilities"). For a relationship it uses the first parent, whose rows are counted.
 */
export async function checkFilter(
  config: SourceConfig,
  input: { readonly connection: SourceConnection; readonly dataset: DatasetDefinition; readonly filter: string },
): Promise<FilterCheckDto> {
  const { dataset, filter } = input;
  const connection = openConnection(config, input.connection);
  try {
    const { graph } = connection;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const path = await pathOf(graph, dataset, signal);
    if (path === null) return { valid: false, rows: null, advanced: false, problem: noParent(dataset) };
    const query = `$filter=${encodeURIComponent(filter)}&$top=1`;
    const plain = ask(graph, `${path}?${query}`, {}, signal);
    const counted =
      dataset.read.countable || dataset.read.advancedQuery
        ? ask(graph, `${path}?${query}&$count=true`, ADVANCED_QUERY_HEADERS, signal)
        : Promise.resolve(null);
    const [simple, advanced] = await Promise.all([plain, counted]);
    if (simple.ok) {
      return { valid: true, rows: advanced?.ok === true ? advanced.count : null, advanced: false, problem: null };
    }
    if (advanced?.ok === true) return { valid: true, rows: advanced.count, advanced: true, problem: null };
    return { valid: false, rows: null, advanced: false, problem: refused((advanced ?? simple).error) };
  } finally {
    await connection.close();
  }
}

async function pathOf(graph: GraphClient, dataset: DatasetDefinition, signal: AbortSignal): Promise<string | null> {
  if (dataset.parent === null) return dataset.path;
  const [parentId] = await firstParents(graph, dataset, { top: 1, signal });
  return parentId === undefined ? null : fillPath(dataset.path, parentId);
}

/** @throws AppError when Graph can't be asked at all. */
async function ask(
  graph: GraphClient,
  path: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const { body } = await graph.send({ url: `${graph.baseUrl}${path}`, headers, signal });
    return { ok: true, count: readList(body).count };
  } catch (error) {
    if (error instanceof GraphError && error.status >= 400 && error.status < 500 && error.status !== 401)
      return { ok: false, error };
    throw error;
  }
}

/** Graph's own words are the most useful ones about a filter. */
function refused({ problem, status }: GraphError): Problem {
  if (status !== 400) return { ...problem, field: 'filter' };
  return {
    ...problem,
    code: 'filter-refused',
    title: problem.detail ?? 'Graph refuses this filter.',
    detail: 'Graph refused a request for one row with this filter.',
    remedy: 'Change the filter. The filter builder shows the operators that each property supports.',
    fixer: 'you',
    field: 'filter',
  };
}

function noParent(dataset: DatasetDefinition): Problem {
  return {
    code: 'no-parent',
    title: `The tenant has no object in ${dataset.parent?.path ?? ''} to test the filter with.`,
    remedy: 'Save the filter without a test. It applies as soon as there are rows to read.',
    fixer: 'you',
    field: 'filter',
  };
}
