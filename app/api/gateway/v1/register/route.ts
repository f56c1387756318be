import { register } from '#lib/gateway/hub/register.ts';
import { defineSignedRoute } from '#lib/web/gateway-route.ts';

export const POST = defineSignedRoute((ctx, signed) => register(ctx, signed));
