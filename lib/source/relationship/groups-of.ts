import { z } from 'zod';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { readAs } from '#lib/graph/client/answer.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { GraphError } from '#lib/graph/client/graph-error.ts';
import { ChangesLostError } from '#lib/reload/engine/reading/changes-lost.ts';
import { readChildrenOf } from './relationship-source.ts';

const Holders = z.object({ value: z.array(z.object({ id: z.string(), '@odata.type': z.string() })) });

/**
 * Ids of the groups that members of a collection are in directly (Graph docs "List memberOf"), each once. A member that is gone by now is in none.
 * @throws ChangesLostError where Graph refuses the request.
 */
export async function readGroupsOf(
  graph: GraphClient,
  groupMembers: DatasetDefinition,
  { collection, ids, signal }: { readonly collection: string; readonly ids: readonly string[]; readonly signal: AbortSignal },
): Promise<{ readonly groups: ReadonlySet<string>; readonly requests: number; readonly throttledMs: number }> {
  const groups = new Set<string>();
  let requests = 0;
  let throttledMs = 0;
  const holders: DatasetDefinition = {
    ...groupMembers,
    path: `${collection}/{id}/memberOf`,
    parent: { path: collection, column: 'member_id' },
    columns: groupMembers.columns.filter(({ sourcePath }) => sourcePath === 'id'),
    read: { ...groupMembers.read, advancedQuery: false },
  };
  try {
    for await (const page of readChildrenOf(graph, holders, ids, { signal })) {
      if (page.failed !== undefined) throw memberOfRefused(collection);
      requests += page.requests;
      throttledMs += page.throttledMs;
      const { value } = readAs(page.body, Holders);
      for (const { id, '@odata.type': type } of value) if (type === '#microsoft.graph.group') groups.add(id);
    }
  } catch (error) {
    if (!(error instanceof GraphError) || ![400, 403, 501].includes(error.status)) throw error;
    throw memberOfRefused(collection, error);
  }
  return { groups, requests, throttledMs };
}

function memberOfRefused(collection: string, cause?: unknown): ChangesLostError {
  return new ChangesLostError(`Graph refuses to list the groups of the changed objects in ${collection}.`, { cause });
}
