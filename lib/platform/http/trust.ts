import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

const contexts = new Map<string, SecureContext>();

/**
 * Certificate authorities of TLS connections: those of Node and NODE_EXTRA_CA_CERTS (`default`), the store of the system, and the operator's
 * own. Created once for each `extraCaPem`: reading all certificates takes about 20 ms.
 */
export function secureContextOf(extraCaPem: string | null): SecureContext {
  const key = extraCaPem ?? '';
  const known = contexts.get(key);
  if (known !== undefined) return known;
  const made = createSecureContext({ ca: [...trustedCertificates(extraCaPem)] });
  contexts.set(key, made);
  return made;
}

/** The same certificates as PEM, for a library that makes its own context. */
export function trustedCertificates(extraCaPem: string | null): ReadonlySet<string> {
  return new Set([...getCACertificates('default'), ...getCACertificates('system'), ...(extraCaPem === null ? [] : [extraCaPem])]);
}
