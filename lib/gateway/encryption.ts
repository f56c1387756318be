import { randomBytes } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, importJWK, type JWK } from 'jose';
import { AppError } from '#lib/platform/errors.ts';
import type { EncryptionKey } from './protocol.ts';

/*
 * All content of a command except its name is sent as a JWE (RFC 7516): commands to the gateway's public key, answers with a symmetric key
 * from the command. `purpose` is authenticated, so that a message cannot be used in place of another.
 */

const ENCRYPTION = 'A256GCM';
const TO_GATEWAY = 'ECDH-ES+A256KW';
const REPLY = 'dir';
const REPLY_KEY_BYTES = 32;

/** A new reply key, base64url. */
export function newReplyKey(): string {
  return randomBytes(REPLY_KEY_BYTES).toString('base64url');
}

/** Identifies a message: `command/<id>`, `events/<id>/<attempt>/<first>`, `result/<id>/<attempt>`, `token-cache/<id>`. */
type Purpose = `${'command' | 'events' | 'result' | 'token-cache'}/${string}`;

/** Encrypts JSON to a gateway. */
export async function encryptToGateway(key: EncryptionKey, purpose: Purpose, value: unknown): Promise<string> {
  return new CompactEncrypt(encode(value))
    .setProtectedHeader({ alg: TO_GATEWAY, enc: ENCRYPTION, typ: purpose })
    .encrypt(await importJWK(key as JWK, TO_GATEWAY));
}

/** @throws AppError `gateway-message-unreadable` */
export async function decryptAtGateway(privateKey: JWK, purpose: Purpose, jwe: string): Promise<unknown> {
  return decrypt(await importJWK(privateKey, TO_GATEWAY), TO_GATEWAY, purpose, jwe);
}

/** Encrypts JSON with the reply key of a command. */
export async function encryptReply(replyKey: string, purpose: Purpose, value: unknown): Promise<string> {
  return new CompactEncrypt(encode(value))
    .setProtectedHeader({ alg: REPLY, enc: ENCRYPTION, typ: purpose })
    .encrypt(Buffer.from(replyKey, 'base64url'));
}

/** @throws AppError `gateway-message-unreadable` */
export async function decryptReply(replyKey: string, purpose: Purpose, jwe: string): Promise<unknown> {
  return decrypt(Buffer.from(replyKey, 'base64url'), REPLY, purpose, jwe);
}

async function decrypt(key: CryptoKey | Uint8Array, alg: string, purpose: Purpose, jwe: string): Promise<unknown> {
  try {
    const options = { keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: [ENCRYPTION] };
    const { plaintext, protectedHeader } = await compactDecrypt(jwe, key, options);
    if (protectedHeader.typ !== purpose) throw new TypeError(`it is ${protectedHeader.typ}, not ${purpose}`);
    return JSON.parse(new TextDecoder().decode(plaintext)) as unknown;
  } catch (cause) {
    const problem = {
      code: 'gateway-message-unreadable',
      title: 'An encrypted message between the server and the data gateway could not be read.',
      remedy: 'Give the gateway a new registration key and register it again.',
      fixer: 'operator',
    } as const;
    throw new AppError(problem, { cause });
  }
}

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
