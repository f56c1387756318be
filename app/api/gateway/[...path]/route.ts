import { NotFoundError } from '#lib/platform/errors.ts';
import { defineGatewayRoute } from '#lib/web/gateway-route.ts';

/** Paths of another version of the protocol: the proof contains the version, which is refused. */
const elsewhere = defineGatewayRoute(async () => {
  throw new NotFoundError('address of the gateway protocol');
});

export { elsewhere as GET, elsewhere as POST };
