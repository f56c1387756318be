import { listRuns } from '#lib/services/run/list-runs.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { listRunsOperation } from '#lib/web/api/operations/runs.ts';
import { cursorOf, readCursor } from '#lib/web/api/page.ts';

export const GET = operationRoute(listRunsOperation, async (ctx, { query: { cursor, limit, ...filter } }) => {
  const after = cursor === undefined ? {} : { after: afterOf(cursor) };
  const runs = await listRuns({ ctx, input: { ...filter, ...after, limit: limit + 1 } });
  const items = runs.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: runs.length > limit && last !== undefined ? cursorOf([last.queuedAt, last.id]) : null, limit };
});

function afterOf(cursor: string): { queuedAt: string; id: string } {
  const [queuedAt = '', id = ''] = readCursor(cursor);
  return { queuedAt, id };
}
