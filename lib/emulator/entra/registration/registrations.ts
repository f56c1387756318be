import { createHash, X509Certificate } from 'node:crypto';
import type { EntraState } from '#lib/emulator/state.ts';
import type { EmulatedApp } from './apps.ts';

/** An app registration as Graph's `application` resource, with its credentials but without their values. */
export function registrationRow(app: EmulatedApp, state: EntraState): Readonly<Record<string, unknown>> {
  return {
    id: uuidOf(`${app.clientId}:application`),
    appId: app.clientId,
    displayName: app.displayName,
    signInAudience: app.multiTenant ? 'AzureADMultipleOrgs' : 'AzureADMyOrg',
    isFallbackPublicClient: app.publicClient,
    web: { redirectUris: [...app.redirectUris] },
    passwordCredentials: app.secrets.map(({ id, value, expiresAt }) => ({
      customKeyIdentifier: null,
      displayName: 'demo',
      endDateTime: expiresAt,
      // Graph doc *passwordCredential*: the first three characters.
      hint: value.slice(0, 3),
      keyId: id,
      secretText: null,
      startDateTime: '2023-01-31T00:00:00Z',
    })),
    keyCredentials: state.certificatesOf(app.clientId).map((pem) => {
      const certificate = new X509Certificate(pem);
      const thumbprint = Buffer.from(certificate.fingerprint.replaceAll(':', ''), 'hex');
      return {
        customKeyIdentifier: thumbprint.toString('base64'),
        displayName: certificate.subject,
        endDateTime: new Date(certificate.validTo).toISOString(),
        key: null,
        keyId: uuidOf(certificate.fingerprint256),
        startDateTime: new Date(certificate.validFrom).toISOString(),
        type: 'AsymmetricX509Cert',
        usage: 'Verify',
      };
    }),
  };
}

function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
