import { listColumnNames } from '#lib/services/column/list-column-names.ts';
import { listOffers } from '#lib/services/offer/list-offers.ts';
import { defineRoute } from '#lib/web/route.ts';
import type { MetadataIndexDto } from '../metadata-index.ts';

/** The search index of the metadata page; large, so the page loads it afterwards. */
export const GET = defineRoute<{ connectionId: string }>(async (ctx, _request, { connectionId }) => {
  const input = { connectionId };
  const [offers, columns] = await Promise.all([listOffers({ ctx, input }), listColumnNames({ ctx, input })]);
  return { offers, columns } satisfies MetadataIndexDto;
});
