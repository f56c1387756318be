import { verify, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { EntraContext, TenantSegment } from '#lib/emulator/entra/context.ts';
import type { EmulatedApp } from '#lib/emulator/entra/registration/apps.ts';
import { OauthError } from './oauth-error.ts';

/** RFC 7523 section 2.2. */
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const Header = z.object({
  alg: z.enum(['RS256', 'PS256']),
  /** SHA-1 and SHA-256 thumbprints of the certificate, base64url. */
  x5t: z.string().optional(),
  'x5t#S256': z.string().optional(),
  /** The certificate and its issuers, DER in base64 (RFC 7515 section 4.1.6). */
  x5c: z.array(z.string()).min(1).optional(),
});
const Claims = z.object({ aud: z.string(), iss: z.string(), sub: z.string(), exp: z.number(), nbf: z.number().optional() });

/** Accepted difference between clocks. */
const SKEW_SECONDS = 300;
const PSS_PADDING = 6;
const PKCS1_PADDING = 1;

/**
 * Authenticates the client by a JWT that is signed with the key of a registered certificate.
 * @throws OauthError 50027 (invalid JWT), 700027 (unknown certificate or wrong signature), 700023 (audience), 700021 (issuer), 700024 (times)
 * @see entra-docs identity-platform/certificate-credentials
 */
export function checkAssertion(context: EntraContext, tenant: TenantSegment, app: EmulatedApp, assertion: string): void {
  const [header = '', payload = '', signature = ''] = assertion.split('.');
  const { alg, x5c = [], ...thumbprints } = parse(Header, header);
  const certificate = bySubjectAndIssuer(context, app, x5c) ?? findCertificate(context, app, thumbprints);
  const padding = alg === 'PS256' ? PSS_PADDING : PKCS1_PADDING;
  const signed = Buffer.from(`${header}.${payload}`);
  const key = { key: certificate.publicKey, padding, ...(alg === 'PS256' ? { saltLength: 32 } : {}) };
  if (!verify('sha256', signed, key, Buffer.from(signature, 'base64url'))) {
    throw new OauthError(700027, 'Client assertion failed signature validation.');
  }
  const claims = parse(Claims, payload);
  if (claims.iss.toLowerCase() !== app.clientId || claims.sub.toLowerCase() !== app.clientId) {
    throw new OauthError(700021, 'Client assertion application identifier does not match the client_id parameter.');
  }
  if (!audiences(context, tenant).includes(claims.aud.replace(/\/$/, '').toLowerCase())) {
    throw new OauthError(700023, 'Client assertion audience claim does not match Realm issuer.');
  }
  const now = context.clock.now().getTime() / 1000;
  if (claims.exp + SKEW_SECONDS < now || (claims.nbf ?? 0) - SKEW_SECONDS > now) {
    throw new OauthError(700024, 'Client assertion is not within its valid time range.');
  }
}

/**
 * Subject name and issuer authentication: a new certificate with the same subject and issuer as a registered one is valid without
 * registration when the assertion contains it (`x5c`, MSAL's `sendX5c`: "easy certificate rollover"). The chain must contain the issuer's
 * certificate, which
 * must have issued both.
 */
function bySubjectAndIssuer(context: EntraContext, app: EmulatedApp, x5c: readonly string[]): X509Certificate | null {
  const chain = x5c.flatMap((text) => readCertificate(text) ?? []);
  const [leaf, issuer] = chain;
  if (leaf === undefined || issuer === undefined || chain.length !== x5c.length || new Date(leaf.validTo) <= context.clock.now())
    return null;
  const issued = (certificate: X509Certificate): boolean =>
    certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  const registered = context.state.certificatesOf(app.clientId).map((pem) => new X509Certificate(pem));
  const known = registered.some((certificate) => certificate.subject === leaf.subject && issued(certificate));
  return known && issued(leaf) ? leaf : null;
}

function readCertificate(base64: string): X509Certificate | null {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'));
  } catch {
    return null;
  }
}

function findCertificate(
  context: EntraContext,
  app: EmulatedApp,
  thumbprints: Pick<z.infer<typeof Header>, 'x5t' | 'x5t#S256'>,
): X509Certificate {
  const asked = thumbprints['x5t#S256'] ?? thumbprints.x5t ?? '';
  const found = context.state
    .certificatesOf(app.clientId)
    .map((pem) => new X509Certificate(pem))
    .find((certificate) =>
      [certificate.fingerprint256, certificate.fingerprint].some(
        (hex) => Buffer.from(hex.replaceAll(':', ''), 'hex').toString('base64url') === asked.replace(/=+$/, ''),
      ),
    );
  if (found !== undefined && new Date(found.validTo) > context.clock.now()) return found;
  const thumbprint = Buffer.from(asked, 'base64url').toString('hex').toUpperCase();
  throw new OauthError(
    700027,
    `The certificate with identifier used to sign the client assertion is ${found === undefined ? 'not registered on application' : 'expired on application'}. [Reason - The key was not found., Thumbprint of key used by client: '${thumbprint}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '${app.clientId}'.]`,
  );
}

/** Entra accepts the token endpoint, the v2.0 issuer, and the tenant's authority. */
function audiences({ origins, directory }: EntraContext, { text }: TenantSegment): readonly string[] {
  return [text, directory.tenantId].flatMap((tenant) => [
    `${origins.tls}/${tenant}/oauth2/v2.0/token`,
    `${origins.tls}/${tenant}/v2.0`,
    `${origins.tls}/${tenant}`,
  ]);
}

function parse<T>(schema: z.ZodType<T>, part: string): T {
  const parsed = schema.safeParse(readJson(Buffer.from(part, 'base64url').toString('utf8')));
  if (!parsed.success) throw new OauthError(50027, 'JWT token is invalid or malformed.');
  return parsed.data;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
