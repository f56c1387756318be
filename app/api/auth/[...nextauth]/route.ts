import { authHandlers } from '#lib/web/sign-in.ts';

export const { GET, POST } = authHandlers;
