import { z } from 'zod';
import type { Role } from './role.ts';

/** Lower case, so that one person has one account. */
export const Email = z.string().trim().toLowerCase().max(254).pipe(z.email('Enter an e-mail address such as ada@contoso.com.'));

export const PASSWORD_MIN_CHARS = 12;

/** NIST SP 800-63B section 5.1.1.2: length counts, composition rules don't. Common ones are refused by lib/services/user/check-new-password.ts. */
export const Password = z
  .string()
  .min(PASSWORD_MIN_CHARS, `A password has at least ${PASSWORD_MIN_CHARS} characters.`)
  .max(256, 'A password has at most 256 characters.');

export const PersonName = z.string().trim().min(1, 'Enter a name.').max(120, 'A name has at most 120 characters.');

/** A person of Entrada, as Settings lists them. */
export interface UserDto {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly role: Role;
  readonly disabled: boolean;
  /** `password`: a local account; `entra`: comes through Microsoft Entra ID; both may hold. Empty: invited, and not yet come. */
  readonly signInWith: readonly ('password' | 'entra')[];
  readonly createdAt: string;
  readonly lastSignInAt: string | null;
}

/** A person's own account with the browsers that they are signed in with, the one used last first. */
export interface OwnAccountDto extends UserDto {
  readonly sessions: readonly {
    /** Digest of the session's id: opens nothing. */
    readonly id: string;
    /** The one that asks. */
    readonly current: boolean;
    readonly createdAt: string;
    /** To the minute. */
    readonly lastSeenAt: string;
  }[];
}
