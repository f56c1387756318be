import { z } from 'zod';

/** Prefix of every token, by which secret scanners and people recognise it. */
export const API_TOKEN_PREFIX = 'entrada_';

export const ApiTokenName = z
  .string()
  .trim()
  .min(1, 'Give the token a name that shows where it is used.')
  .max(80, 'A token name has at most 80 characters.');

/**
 * What a token may do, within the role of its owner. `read`: view; `operate`: start and cancel runs, pause tasks, test;
 * `edit`: change connections, metadata, targets and tasks; `admin`: change people, data gateways and everything else that administrators change.
 */
export const TokenScope = z.enum(['read', 'operate', 'edit', 'admin'], 'Choose scopes: read, operate, edit, admin.');
export type TokenScope = z.infer<typeof TokenScope>;

/** Scopes in their order. Every token includes `read`, since an answer shows what was changed. */
export const TokenScopes = z
  .array(TokenScope)
  .min(1, 'Choose at least one scope.')
  .transform((chosen) => TokenScope.options.filter((scope) => scope === 'read' || chosen.includes(scope)));

/** Lifetimes to choose from, days; null = until it is revoked. */
export const API_TOKEN_DAYS = [30, 90, 365, null] as const;
export const ApiTokenDays = z.union(
  API_TOKEN_DAYS.map((days) => z.literal(days)),
  'Choose 30, 90 or 365 days, or no expiry.',
);

/** An API token in the list of tokens. The token itself is shown only once, after it is created. */
export interface ApiTokenDto {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  /** The only connection that it may use; null: all. */
  readonly connection: { readonly id: string; readonly name: string } | null;
  /** The first characters of the token. */
  readonly hint: string;
  /** E-mail address of the person whose role it has. */
  readonly owner: string;
  readonly createdAt: string;
  /** ISO 8601 UTC; null = until it is revoked. */
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
}
