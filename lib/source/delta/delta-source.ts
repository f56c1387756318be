import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { BATCH_MAX } from '#lib/graph/batch/batch-wire.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { GraphError } from '#lib/graph/client/graph-error.ts';
import type { ChangePage, ChangesOptions } from '#lib/reload/engine/ports.ts';
import { ChangesLostError } from '#lib/reload/engine/reading/changes-lost.ts';
import { ColumnRepair, type ColumnRepairOptions, type OmittedColumns } from '#lib/source/collection/column-repair.ts';
import { findHiddenMembers, type HiddenMembers, NONE_HIDDEN, type ReadGranted } from '#lib/source/relationship/hidden-members.ts';
import { readChildrenOf } from '#lib/source/relationship/relationship-source.ts';
import { readRows } from './changed-rows.ts';
import { deltaQueryOf } from './delta-query.ts';
import { readReported } from './delta-round.ts';

/** Batches under way at once when rows are read again. */
const BATCHES_AT_ONCE = 4;
const STEP = BATCH_MAX * BATCHES_AT_ONCE;
/** Ids of a page that has no rows. */
const IDS_A_PAGE = 1000;
const NO_ROWS = Buffer.from('{"value":[]}');

/**
 * Which ids changed since the delta token, and their rows as they are now. A row of delta query may hold only some properties, and the same
 * object may come several times in any order: so rows are never taken from it but read again by id.
 */
export async function* readChanges(
  graph: GraphClient,
  dataset: DatasetDefinition,
  options: ReadChangesOptions,
): AsyncGenerator<ChangePage> {
  try {
    yield* readRounds(graph, dataset, options);
  } catch (error) {
    // A permanent refusal, whatever its message: a full reading determines whether Graph also refuses the rows, and reports it.
    if (!(error instanceof GraphError) || ![400, 403, 404, 501].includes(error.status)) throw error;
    const { title, detail = title } = error.problem;
    throw new ChangesLostError(`Graph refuses the delta query (${error.status}: ${detail.replace(/[\s.]+$/, '')}).`, {
      cause: error,
    });
  }
}

export interface ReadChangesOptions extends ChangesOptions {
  readonly omitted: OmittedColumns;
  /** What the token may do; unknown when it is left out. */
  readonly readGranted?: ReadGranted;
}

/**
 * Delta query does not report parents whose members the token may not see. All parents that hide their members are read each time, so that
 * the run names them. The others were proven by the last full reading, and delta query reports their changes.
 */
async function* reportHiddenParents(
  graph: GraphClient,
  dataset: DatasetDefinition,
  {
    hidden,
    reported,
    ...options
  }: ColumnRepairOptions & { readonly hidden: HiddenMembers; readonly reported: ReadonlySet<string> },
): AsyncGenerator<ChangePage> {
  const ids = hidden.ids.filter((id) => !reported.has(id));
  if (ids.length === 0) return;
  for await (const page of readChildrenOf(graph, dataset, ids, { ...options, hidden }))
    yield { ...page, body: NO_ROWS, changedIds: [], deltaToken: null };
}

async function* readRounds(
  graph: GraphClient,
  dataset: DatasetDefinition,
  { deltaToken, rows, changedIdsMax, signal, omitted, readBefore, readGranted = async () => null }: ReadChangesOptions,
): AsyncGenerator<ChangePage> {
  const query = deltaQueryOf(dataset);
  if (query === null) throw new TypeError(`${dataset.name} has no delta query`);
  const columns = new ColumnRepair(graph, dataset, { signal, omitted, readBefore });
  const reported = await readReported(graph, dataset, query, { deltaToken, changedIdsMax, signal, columns });
  const hidden = rows ? await findHiddenMembers(graph, dataset, { readGranted, signal }) : NONE_HIDDEN;
  let { requests, throttledMs } = reported;
  requests += hidden.requests;
  const cost = (): { requests: number; throttledMs: number } => {
    const since = { requests, throttledMs };
    requests = 0;
    throttledMs = 0;
    return since;
  };
  if (rows) {
    const present = reported.ids.filter(([, gone]) => !gone).map(([id]) => id);
    yield* reportHiddenParents(graph, dataset, { hidden, reported: new Set(present), signal, omitted, readBefore });
    for (let at = 0; at < present.length; at += STEP) {
      const ids = present.slice(at, at + STEP);
      const pages =
        dataset.parent === null
          ? readRows(graph, dataset, { ids, signal, columns })
          : readChildrenOf(graph, dataset, ids, { signal, omitted, readBefore, hidden });
      let changedIds = ids;
      for await (const page of pages) {
        requests += page.requests + columns.takeRequests();
        throttledMs += page.throttledMs;
        yield { ...page, ...columns.unreadColumns, ...cost(), changedIds, deltaToken: null };
        changedIds = [];
      }
    }
  }
  const bare = reported.ids.filter(([, gone]) => gone || !rows).map(([id]) => id);
  for (let at = 0; at < bare.length; at += IDS_A_PAGE)
    yield { body: NO_ROWS, changedIds: bare.slice(at, at + IDS_A_PAGE), deltaToken: null, ...cost() };
  yield { body: NO_ROWS, changedIds: [], deltaToken: reported.deltaToken, ...cost() };
}
