import type { DatasetDefinition } from '#lib/domain/dataset.ts';
import type { GraphClient } from '#lib/graph/client.ts';
import { GraphError } from '#lib/graph/graph-error.ts';
import { RESTART_CODES } from '#lib/graph/pages.ts';
import { AppError } from '#lib/platform/errors.ts';
import { PartlyReadError } from '#lib/reload/completeness.ts';
import type { Page } from '#lib/reload/ports.ts';
import { ChildReading } from './child-reading.ts';
import type { ColumnRepairOptions } from './column-repair.ts';
import { firstParentsUrl, readParentKeys } from './parent-keys.ts';
import { readRelationshipCursor, writeRelationshipCursor } from './relationship-cursor.ts';

/** Parents that wait before the next page of them is asked for: enough for all batches that may be under way. */
const PARENTS_AHEAD = 640;
/** Times that the list of parents is begun again after its links expired or went in circles. */
const RESTARTS_MAX = 3;

export interface RelationshipOptions extends ColumnRepairOptions {
  readonly cursor: string | null;
  /** `sample`: one batch at a time, for who wants some rows and then leaves. */
  readonly width?: 'full' | 'sample';
}

/**
 * Children of every parent: pages of parents' ids, and meanwhile their children by `$batch` of 20, several at once. Each row carries
 * `@parent.id`. A parent that vanished meanwhile has no children and a note. Parents that Graph refuses don't end the reading of the
 * others, but the whole is then incomplete.
 * @throws PartlyReadError after everything else was read, when children of some parents could not be.
 */
export async function* readRelationship(
  graph: GraphClient,
  dataset: DatasetDefinition,
  { cursor, ...options }: RelationshipOptions,
): AsyncGenerator<Page> {
  const stop = new AbortController();
  const reading = new ChildReading(graph, dataset, { ...options, signal: AbortSignal.any([options.signal, stop.signal]) });
  const state =
    cursor === null ? { links: new Map(), nextUrl: firstParentsUrl(graph, dataset), skip: 0 } : readRelationshipCursor(cursor);
  let nextUrl = state.nextUrl;
  reading.begin(state.links);
  const begun = new Set<string>(state.links.keys());
  /** Lists parents from `nextUrl` on; those that were begun before are not begun again. */
  const list = async (skip: number): Promise<void> => {
    if (nextUrl === null) return;
    let passed = skip;
    for await (const page of readParentKeys(graph, dataset, { url: nextUrl, signal: reading.signal })) {
      const keys = page.keys.slice(passed).filter((key) => !begun.has(key));
      nextUrl = page.nextUrl;
      reading.count(page.requests);
      reading.begin(new Map(keys.map((key) => [key, null])));
      for (const key of keys) begun.add(key);
      passed = 0;
      await reading.hunger(PARENTS_AHEAD);
    }
  };
  const feed = async (): Promise<void> => {
    for (let restarts = 0; ; restarts++) {
      try {
        await list(restarts === 0 ? state.skip : 0);
        break;
      } catch (error) {
        if (!(error instanceof AppError) || !RESTART_CODES.has(error.code) || restarts >= RESTARTS_MAX) throw error;
        nextUrl = firstParentsUrl(graph, dataset);
      }
    }
    reading.end();
  };
  try {
    void feed().catch((error: unknown) => reading.fail(error));
    for await (const page of reading.pages())
      yield { ...page, cursor: writeRelationshipCursor({ links: reading.left, nextUrl }) };
    requireAll(dataset, reading);
  } finally {
    stop.abort();
  }
}

/** Children of these parents alone, some parents a page; a parent that is gone has none. @throws as readRelationship. */
export async function* readChildrenOf(
  graph: GraphClient,
  dataset: DatasetDefinition,
  ids: readonly string[],
  options: ColumnRepairOptions,
): AsyncGenerator<Omit<Page, 'cursor'>> {
  const stop = new AbortController();
  const reading = new ChildReading(graph, dataset, { ...options, signal: AbortSignal.any([options.signal, stop.signal]) });
  reading.begin(new Map(ids.map((id) => [id, null])));
  reading.end();
  try {
    yield* reading.pages();
    requireAll(dataset, reading);
  } finally {
    stop.abort();
  }
}

/** Parents that are named in the report; the others are counted. */
const NAMED_MAX = 5;

function requireAll({ name, parent }: DatasetDefinition, { faults, passed }: ChildReading): void {
  const [first] = faults;
  if (first === undefined) return;
  // Refused for every parent: it isn't some rows that are missing but the permission.
  if (passed === 0) throw first.error;
  const named = faults.slice(0, NAMED_MAX).map(({ parentId, error }) => {
    const { title, detail = title } = error.problem;
    return `${parentId} (${error instanceof GraphError ? `${error.status}: ` : ''}${detail})`;
  });
  const more = faults.length > NAMED_MAX ? ` and ${faults.length - NAMED_MAX} more` : '';
  const missing = `The rows of ${faults.length} of ${parent?.path} could not be read: ${named.join(', ')}${more}.`;
  throw new PartlyReadError(name, `${missing} Those of the others were read.`);
}
