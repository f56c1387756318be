import type { ApiTokenAccess } from '#lib/domain/account/api-token.ts';

/** What proved, at this request, who a person is. */
export type Authentication =
  | {
      readonly kind: 'session';
      /** SHA-256 of the id that the cookie holds. */
      readonly sessionHash: string;
      /** When the person last typed their password, or signed in at Microsoft (OpenID Connect's `auth_time`). */
      readonly authTime: Date;
    }
  | { readonly kind: 'token'; readonly tokenId: string; readonly access: ApiTokenAccess };
