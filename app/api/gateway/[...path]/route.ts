import { NotFoundError } from '#lib/platform/errors.ts';
import { defineGatewayRoute } from '#lib/web/gateway-route.ts';

/** Addresses of another version of the protocol: the proof names the version, which the answer refuses. */
const elsewhere = defineGatewayRoute(async () => {
  throw new NotFoundError('address of the gateway protocol');
});

export { elsewhere as GET, elsewhere as POST };
