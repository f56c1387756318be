import { z } from 'zod';
import type { Granted } from '#lib/domain/access/access.ts';
import { HIDDEN_PERMISSION, type HiddenParents, hiddenParentsOf } from '#lib/domain/access/hidden-membership.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { sendBatch } from '#lib/graph/batch/batch.ts';
import { BATCH_MAX } from '#lib/graph/batch/batch-wire.ts';
import { readAs, toListAnswer } from '#lib/graph/client/answer.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { GraphError } from '#lib/graph/client/graph-error.ts';
import { readPages } from '#lib/graph/paging/pages.ts';
import { fillPath } from '#lib/source/parent-path.ts';
import { mayRestart } from '#lib/source/restart.ts';

const VISIBILITY = 'HiddenMembership';
const Parents = z.object({
  value: z.array(z.object({ id: z.string(), displayName: z.string().nullish(), visibility: z.string().nullable().optional() })),
});

/** What a token may do; null where that isn't known. */
export type ReadGranted = () => Promise<Granted | null>;

/** Parents whose empty answer proves nothing. */
export interface HiddenMembers {
  readonly ids: readonly string[];
  readonly requests: number;
  /** Why an empty answer of a parent proves nothing; null: it does. */
  readonly why: (parentId: string) => string | null;
}

export const NONE_HIDDEN: HiddenMembers = { ids: [], requests: 0, why: () => null };

/**
 * Parents that hide their members from this token. Graph answers 200 with an empty list for them. An application with the permission sees
 * all of them, which is assumed after one of them has answered with a member: a token may contain a revoked permission. A delegated token
 * sees those "that the signed-in user has access to" (Graph permissions reference, Member.Read.Hidden).
 */
export async function findHiddenMembers(
  graph: GraphClient,
  dataset: DatasetDefinition,
  { readGranted, signal }: { readonly readGranted: ReadGranted; readonly signal: AbortSignal },
): Promise<HiddenMembers> {
  const parents = hiddenParentsOf(dataset);
  if (parents === null) return NONE_HIDDEN;
  const granted = await readGranted();
  const { found, requests } = await listHidden(graph, parents, signal);
  const names = new Map(found.map(({ id, displayName }) => [id, displayName ?? id]));
  const ids = [...names.keys()];
  const holds = granted?.permissions.has(HIDDEN_PERMISSION) === true;
  const probe = holds && granted.signIn === 'app-only' ? await probeMembers(graph, dataset, ids, signal) : null;
  if (probe?.isSeen === true) return { ...NONE_HIDDEN, requests: requests + probe.requests };
  const because = becauseOf(granted, holds);
  return {
    ids,
    requests: requests + (probe?.requests ?? 0),
    why: (id) => (names.has(id) ? `"${names.get(id)}" has hidden membership, and ${because}` : null),
  };
}

function becauseOf(granted: Granted | null, holds: boolean): string {
  if (granted === null) return `Entrada does not know whether the token has ${HIDDEN_PERMISSION}`;
  if (!holds) return `the token does not have ${HIDDEN_PERMISSION}`;
  if (granted.signIn === 'delegated') return 'the account that signed in may not be allowed to see the members';
  return `Graph shows no members of any such object, although the token has ${HIDDEN_PERMISSION}`;
}

/** Whether any of the parents answers with a member. */
async function probeMembers(graph: GraphClient, dataset: DatasetDefinition, ids: readonly string[], signal: AbortSignal) {
  let requests = 0;
  for (let at = 0; at < ids.length; at += BATCH_MAX) {
    const items = ids.slice(at, at + BATCH_MAX).map((id) => ({ url: `${fillPath(dataset.path, id)}?$select=id&$top=1` }));
    const answer = await sendBatch(graph, items, signal);
    requests += answer.requests;
    if (answer.results.some((result) => result.ok && toListAnswer(result.body).rows.length > 0))
      return { isSeen: true, requests };
  }
  return { isSeen: ids.length === 0, requests };
}

/** Lists parents that may hide their members. A parent without a `visibility` in the answer is one of them. */
async function listHidden(graph: GraphClient, { path, filter }: HiddenParents, signal: AbortSignal) {
  const url = `${graph.baseUrl}${path}?$select=id,displayName,visibility&$top=999`;
  const filtered = filter === null ? url : `${url}&$filter=${encodeURIComponent(filter)}`;
  for (let restarts = 0, from = filtered; ; ) {
    try {
      return await collect(graph, from, signal);
    } catch (error) {
      if (mayRestart(error, restarts)) {
        restarts++;
        continue;
      }
      // Where the filter isn't understood, all are listed.
      if (from === url || !(error instanceof GraphError) || ![400, 501].includes(error.status)) throw error;
      from = url;
    }
  }
}

async function collect(graph: GraphClient, url: string, signal: AbortSignal) {
  const found: z.infer<typeof Parents>['value'] = [];
  let requests = 0;
  for await (const page of readPages(graph, { url, signal })) {
    requests += page.requests;
    const { value } = readAs(page.body, Parents);
    found.push(...value.filter(({ visibility }) => visibility === undefined || visibility === VISIBILITY));
  }
  return { found, requests };
}
