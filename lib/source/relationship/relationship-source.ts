import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import type { Page } from '#lib/reload/engine/ports.ts';
import { ChildReading, type ChildReadingOptions } from './child-reading.ts';
import { findHiddenMembers, NONE_HIDDEN, type ReadGranted } from './hidden-members.ts';
import { firstParentsUrl } from './parent-keys.ts';
import { ParentList } from './parent-list.ts';
import { readRelationshipCursor, writeRelationshipCursor } from './relationship-cursor.ts';

export interface RelationshipOptions extends Omit<ChildReadingOptions, 'hidden'> {
  readonly cursor: string | null;
  /** What the token may do; unknown when it is left out. */
  readonly readGranted?: ReadGranted;
}

/**
 * Children of every parent: reads pages of parents' ids, and at the same time their children by `$batch` of 20, several at once. Each row has
 * `@parent.id`. A parent that was deleted meanwhile has no children and a note. Parents that Graph refuses, or whose rows do not sum up to its
 * count, do not end the reading of the others: the pages name them.
 * @throws the refusal of the first parent, when every parent was refused.
 */
export async function* readRelationship(
  graph: GraphClient,
  dataset: DatasetDefinition,
  { cursor, signal, readGranted = async () => null, ...options }: RelationshipOptions,
): AsyncGenerator<Page> {
  const stop = new AbortController();
  const proves = options.width !== 'sample';
  const until = AbortSignal.any([signal, stop.signal]);
  const hidden = proves ? findHiddenMembers(graph, dataset, { readGranted, signal: until }) : NONE_HIDDEN;
  const reading = new ChildReading(graph, dataset, { ...options, hidden, signal: until });
  const start = { links: new Map(), nextUrl: firstParentsUrl(graph, dataset), listed: 0, skip: 0 };
  const state = cursor === null ? start : readRelationshipCursor(cursor);
  const list = new ParentList(graph, dataset, { ...options, reading, state, proves });
  reading.begin(state.links);
  try {
    void list.feed().catch((error: unknown) => reading.fail(error));
    for await (const page of reading.pages())
      yield { ...page, cursor: writeRelationshipCursor({ links: reading.unfinished, ...list.position }, list.isOver) };
    if (reading.refusal !== null) throw reading.refusal;
  } finally {
    stop.abort();
  }
}

/** Children of these parents alone, some parents a page; a parent that is gone has none. The pages name those that could not be read. */
export async function* readChildrenOf(
  graph: GraphClient,
  dataset: DatasetDefinition,
  ids: readonly string[],
  options: ChildReadingOptions,
): AsyncGenerator<Omit<Page, 'cursor'>> {
  const stop = new AbortController();
  const reading = new ChildReading(graph, dataset, { ...options, signal: AbortSignal.any([options.signal, stop.signal]) });
  reading.begin(new Map(ids.map((id) => [id, null])));
  reading.end();
  try {
    yield* reading.pages();
  } finally {
    stop.abort();
  }
}
