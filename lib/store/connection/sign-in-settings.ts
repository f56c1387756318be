import type { SignInMethod as StoredSignIn } from '#prisma/generated/enums.ts';

/** Columns that a verification and the connection made from it share: how the sign-in is done, through which gateway, with which credential. */
export interface SignInSettings {
  readonly gatewayId: string | null;
  readonly gatewayGroupId: string | null;
  readonly clientId: string;
  readonly signIn: StoredSignIn;
  readonly clientSecretId: string | null;
  readonly certificateId: string | null;
  readonly credentialExpiresAt: Date | null;
  readonly expirySource: string | null;
  readonly graphBaseUrl: string;
  readonly tenant: string;
}
