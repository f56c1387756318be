import { z } from 'zod';
import type { Role } from './role.ts';

/** An e-mail address in lower case, so that one person has one account. */
export const Email = z.string().trim().toLowerCase().max(254).pipe(z.email('Enter an e-mail address such as ada@contoso.com.'));

export const PASSWORD_MIN_CHARS = 12;

/** NIST SP 800-63B section 5.1.1.2: a minimum length, no composition rules. lib/services/user/check-new-password.ts refuses common passwords. */
export const Password = z
  .string()
  .min(PASSWORD_MIN_CHARS, `A password has at least ${PASSWORD_MIN_CHARS} characters.`)
  .max(256, 'A password has at most 256 characters.');

export const PersonName = z.string().trim().min(1, 'Enter a name.').max(120, 'A name has at most 120 characters.');

/** A user of Entrada, as Settings lists them. */
export interface UserDto {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly role: Role;
  readonly disabled: boolean;
  /** `password`: a local account; `entra`: signs in through Microsoft Entra ID; both are possible. Empty: invited, not signed in yet. */
  readonly signInWith: readonly ('password' | 'entra')[];
  readonly createdAt: string;
  readonly lastSignInAt: string | null;
}

/** The user's own account with their signed-in browsers, most recently used first. */
export interface OwnAccountDto extends UserDto {
  readonly sessions: readonly {
    /** Digest of the session id; it grants no access. */
    readonly id: string;
    /** Whether it is the session of this request. */
    readonly current: boolean;
    readonly createdAt: string;
    /** Precise to the minute. */
    readonly lastSeenAt: string;
  }[];
}
