import { z } from 'zod';
import { applyImport, previewImport } from '#lib/services/metadata/import-metadata.ts';
import { defineRoute, readBody } from '#lib/web/route.ts';

const Body = z.object({
  text: z.string(),
  /** Of the difference that was shown; null: show it, and change nothing. */
  basis: z.string().nullable(),
});

/** A file of metadata: its difference, or applied. No server action: a file is larger than those take. */
export const POST = defineRoute<{ connectionId: string }>(async (ctx, request, { connectionId }) => {
  const { text, basis } = await readBody(request, Body);
  return basis === null
    ? previewImport({ ctx, input: { connectionId, text } })
    : applyImport({ ctx, input: { connectionId, text, basis } });
});
