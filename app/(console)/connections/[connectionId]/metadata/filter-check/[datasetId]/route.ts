import { z } from 'zod';
import { validateFilter } from '#lib/services/dataset/validate-filter.ts';
import { defineRoute, readBody } from '#lib/web/route.ts';

/** Asks Graph about a filter while one types. No server action: those wait for each other, and can't be called back. */
export const POST = defineRoute<{ datasetId: string }>(async (ctx, request, { datasetId }) => {
  const { filter } = await readBody(request, z.object({ filter: z.string() }));
  return validateFilter({ ctx, input: { datasetId, filter } });
});
