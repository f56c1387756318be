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
  const ca = new Set([
    ...getCACertificates('default'),
    ...getCACertificates('system'),
    ...(extraCaPem === null ? [] : [extraCaPem]),
  ]);
  const made = createSecureContext({ ca: [...ca] });
  contexts.set(key, made);
  return made;
}
