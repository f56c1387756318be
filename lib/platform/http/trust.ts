import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

const contexts = new Map<string, SecureContext>();

/**
 * Whom TLS connections trust: what Node ships with and NODE_EXTRA_CA_CERTS adds (`default`), the store of the system, and the operator's own
 * certificates. Made once for each: reading them all takes some 20 ms.
 */
export function secureContextOf(extraCaPem: string | null): SecureContext {
  const key = extraCaPem ?? '';
  const known = contexts.get(key);
  if (known !== undefined) return known;
  const ca = new Set([
    ...getCACertificates('default'),
    ...getCACertificates('system'),
    ...(extraCaPem === null ? [] : [extraCaPem]),
  ]);
  const made = createSecureContext({ ca: [...ca] });
  contexts.set(key, made);
  return made;
}
