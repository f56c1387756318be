import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';
import { EncryptionKey, SigningKey } from '#lib/gateway/protocol.ts';
import type { GatewayFolder } from './gateway-folder.ts';

const FILE = 'keys.json';

/** RFC 8037: `d` is the private key. */
const PrivateKeys = z.object({
  signing: SigningKey.extend({ d: z.string() }),
  encryption: EncryptionKey.extend({ d: z.string() }),
});
type PrivateKeys = z.infer<typeof PrivateKeys>;

/** The key pairs of a gateway. The private keys never leave its data folder. */
export interface GatewayKeys {
  readonly signing: { readonly publicKey: SigningKey; readonly privateKey: JWK };
  readonly encryption: { readonly publicKey: EncryptionKey; readonly privateKey: JWK };
}

/** The key pairs of the folder; generates them the first time. */
export async function openKeys(folder: GatewayFolder): Promise<GatewayKeys> {
  const found = folder.read(FILE, PrivateKeys);
  if (found !== null) return toKeys(found);
  const made = PrivateKeys.parse({
    signing: await newKey('EdDSA', 'Ed25519'),
    encryption: await newKey('ECDH-ES+A256KW', 'X25519'),
  });
  folder.write(FILE, made);
  return toKeys(made);
}

async function newKey(algorithm: string, crv: string): Promise<unknown> {
  const { kty, x, d } = await exportJWK((await generateKeyPair(algorithm, { crv, extractable: true })).privateKey);
  return { kty, crv, x, d };
}

function toKeys({ signing, encryption }: PrivateKeys): GatewayKeys {
  return {
    signing: { publicKey: publicHalf(signing), privateKey: signing },
    encryption: { publicKey: publicHalf(encryption), privateKey: encryption },
  };
}

function publicHalf<K extends { readonly d: string }>({ d: _, ...publicKey }: K): Omit<K, 'd'> {
  return publicKey;
}
