import { z } from 'zod';
import type { Granted } from '#lib/domain/access.ts';
import type { DatasetDefinition } from '#lib/domain/dataset.ts';
import { HIDDEN_PERMISSION, type HiddenParents, hiddenParentsOf } from '#lib/domain/hidden-membership.ts';
import { readAs } from '#lib/graph/answer.ts';
import type { GraphClient } from '#lib/graph/client.ts';
import { GraphError } from '#lib/graph/graph-error.ts';
import { RESTART_CODES, readPages } from '#lib/graph/pages.ts';
import { AppError } from '#lib/platform/errors.ts';

/** Times that the list is begun again after its links expired or went in circles. */
const RESTARTS_MAX = 3;
const VISIBILITY = 'HiddenMembership';
const Parents = z.object({
  value: z.array(z.object({ id: z.string(), displayName: z.string().nullish(), visibility: z.string().nullable().optional() })),
});

/** What a token may do; null where that isn't known. */
export type AskGranted = () => Promise<Granted | null>;

/** Parents whose empty answer proves nothing. */
export interface HiddenMembers {
  readonly ids: readonly string[];
  /** Their names where they have one, as `ids`. */
  readonly names: readonly string[];
  readonly requests: number;
  /** Why an empty answer of a parent proves nothing; null: it does. */
  readonly why: (parentId: string) => string | null;
}

export const NONE_HIDDEN: HiddenMembers = { ids: [], names: [], requests: 0, why: () => null };

/**
 * Parents that hide their members from this token. Graph answers 200 with an empty list for them. Only an application with the permission
 * sees all of them: a delegated token sees those "that the signed-in user has access to" (Graph permissions reference, Member.Read.Hidden).
 */
export async function findHiddenMembers(
  graph: GraphClient,
  dataset: DatasetDefinition,
  { askGranted, signal }: { readonly askGranted: AskGranted; readonly signal: AbortSignal },
): Promise<HiddenMembers> {
  const parents = hiddenParentsOf(dataset);
  if (parents === null) return NONE_HIDDEN;
  const granted = await askGranted();
  const holds = granted?.permissions.has(HIDDEN_PERMISSION) === true;
  if (holds && granted.signIn === 'app-only') return NONE_HIDDEN;
  const { found, requests } = await listHidden(graph, parents, signal);
  const because =
    granted === null
      ? `whether the token has ${HIDDEN_PERMISSION} is not known`
      : holds
        ? 'the account that signed in may not be allowed to see them'
        : `the token does not have ${HIDDEN_PERMISSION}`;
  const ids = found.map(({ id }) => id);
  const names = new Map(found.map(({ id, displayName }) => [id, displayName ?? id]));
  return {
    ids,
    names: ids.map((id) => names.get(id) ?? id),
    requests,
    why: (id) => (names.has(id) ? `"${names.get(id)}" hides its members, and ${because}` : null),
  };
}

/** A parent whose visibility isn't told may hide its members, too. */
async function listHidden(graph: GraphClient, { path, filter }: HiddenParents, signal: AbortSignal) {
  const url = `${graph.baseUrl}${path}?$select=id,displayName,visibility&$top=999`;
  const filtered = filter === null ? url : `${url}&$filter=${encodeURIComponent(filter)}`;
  for (let restarts = 0, from = filtered; ; ) {
    try {
      return await collect(graph, from, signal);
    } catch (error) {
      if (error instanceof AppError && RESTART_CODES.has(error.code) && restarts++ < RESTARTS_MAX) continue;
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
