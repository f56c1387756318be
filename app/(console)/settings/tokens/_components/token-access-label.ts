import type { ApiTokenAccess } from '#lib/domain/api-token.ts';

export const TOKEN_ACCESS_LABEL = { read: 'Read only', full: 'Full' } satisfies Record<ApiTokenAccess, string>;
