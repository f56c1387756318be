import { listOffers } from '#lib/services/offer/list-offers.ts';
import { operate } from '#lib/web/api/operation.ts';
import { listOffersOperation } from '#lib/web/api/operations/metadata.ts';

export const GET = operate(listOffersOperation, async (ctx, { params }) => ({
  offers: await listOffers({ ctx, input: params }),
}));
