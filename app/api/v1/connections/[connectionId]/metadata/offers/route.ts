import { listOffers } from '#lib/services/offer/list-offers.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { listOffersOperation } from '#lib/web/api/operations/metadata.ts';
import { pageOf } from '#lib/web/api/page.ts';

export const GET = operationRoute(listOffersOperation, async (ctx, { params, query }) =>
  pageOf(await listOffers({ ctx, input: params }), query, ({ path }) => [path]),
);
