import { z } from 'zod';

/** What every token begins with, so that secret scanners and people know one when they see it. */
export const API_TOKEN_PREFIX = 'entrada_';

export const ApiTokenName = z
  .string()
  .trim()
  .min(1, 'Give the token a name that says where it is used.')
  .max(80, 'A token name has at most 80 characters.');

/** `read`: sees what its owner may see, and changes nothing; `full`: may do all that its owner may do. */
export const ApiTokenAccess = z.enum(['read', 'full'], 'Choose whether the token only reads.');
export type ApiTokenAccess = z.infer<typeof ApiTokenAccess>;

/** How long a token may live, days; null = until it is revoked. */
export const API_TOKEN_DAYS = [30, 90, 365, null] as const;
export const ApiTokenDays = z.union(
  API_TOKEN_DAYS.map((days) => z.literal(days)),
  'Choose 30, 90 or 365 days, or no end.',
);

/** An API token as its list shows it: the token itself is shown once, when it is made. */
export interface ApiTokenDto {
  readonly id: string;
  readonly name: string;
  readonly access: ApiTokenAccess;
  /** Its first characters. */
  readonly hint: string;
  /** E-mail address of the person whose role it has. */
  readonly owner: string;
  readonly createdAt: string;
  /** ISO 8601 UTC; null = until it is revoked. */
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
}
