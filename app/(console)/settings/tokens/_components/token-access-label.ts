import type { ApiTokenAccess } from '#lib/domain/account/api-token.ts';

export const TOKEN_ACCESS_LABEL = { read: 'Read only', full: 'Full' } satisfies Record<ApiTokenAccess, string>;
