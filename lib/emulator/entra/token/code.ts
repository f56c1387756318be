import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { AuthorizeRequest } from '#lib/emulator/entra/authorize/authorize-request.ts';
import type { EntraContext } from '#lib/emulator/entra/context.ts';

/** Content of an authorization code. */
export const AuthorizationCode = z.object({
  id: z.string(),
  clientId: z.string(),
  userId: z.string(),
  redirectUri: z.string(),
  scope: z.string(),
  nonce: z.string().nullable(),
  challenge: z.string().nullable(),
  challengeMethod: z.enum(['S256', 'plain']),
  issuedMs: z.number(),
  signedInMs: z.number(),
  expiresMs: z.number(),
});
export type AuthorizationCode = z.infer<typeof AuthorizationCode>;

/** "Typically about 10 minutes". @see entra-docs v2-oauth2-auth-code-flow */
const CODE_LIFETIME_MS = 10 * 60_000;
/** Length in characters, which Entra does not specify; public examples of its codes are longer than 700. */
const CODE_LENGTH = 1000;

/** Issues a code for `userId`, bound to the client, redirect URI and PKCE challenge of `request`. */
export function issueCode(context: EntraContext, request: AuthorizeRequest, userId: string, signedInMs: number): string {
  const issuedMs = context.clock.now().getTime();
  const code: AuthorizationCode = {
    id: randomBytes(12).toString('base64url'),
    clientId: request.clientId,
    userId,
    redirectUri: request.redirectUri,
    scope: request.scope,
    nonce: request.nonce,
    challenge: request.challenge,
    challengeMethod: request.challengeMethod,
    issuedMs,
    signedInMs,
    expiresMs: issuedMs + CODE_LIFETIME_MS,
  };
  return context.sealer.seal('code', code, CODE_LENGTH);
}
