import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const KEY_BYTES = 32;
const SALT_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID = /^[a-z0-9]{1,16}$/;

interface RingKey {
  readonly id: string;
  readonly bytes: Buffer;
}

/** Keys, newest first: the first one encrypts, all of them decrypt. */
export interface KeyRing {
  readonly primary: RingKey;
  readonly keys: ReadonlyMap<string, RingKey>;
}

/** The text of the key ring is not valid; the message never contains a key. */
export class KeyRingError extends Error {
  override readonly name = 'KeyRingError';
}

/** An envelope can't be opened: it belongs to another record, was changed or truncated, or its key isn't in the ring. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError';
}

/**
 * Parses `k1:<base64 of 32 bytes>[,k0:<older>]`.
 * @throws KeyRingError when a key is short, an id is odd, or two have one id.
 */
export function parseKeyRing(text: string): KeyRing {
  const keys = new Map<string, RingKey>();
  for (const part of text.split(',')) {
    const [id = '', encoded = ''] = part.trim().split(':', 2);
    if (!KEY_ID.test(id))
      throw new KeyRingError('A key of ENTRADA_SECRET_KEY has no id of lower-case letters and digits, e.g. k1:<base64>.');
    const bytes = Buffer.from(encoded, 'base64');
    if (bytes.length !== KEY_BYTES) throw new KeyRingError(`Key ${id} of ENTRADA_SECRET_KEY is not 32 bytes in base64.`);
    if (keys.has(id)) throw new KeyRingError(`ENTRADA_SECRET_KEY contains the key ${id} twice.`);
    keys.set(id, { id, bytes });
  }
  const [primary] = keys.values();
  if (primary === undefined) throw new KeyRingError('ENTRADA_SECRET_KEY contains no key.');
  return { primary, keys };
}

/**
 * Seals `plaintext` as `v1.<key id>.<salt>.<iv>.<ciphertext>.<tag>` (AES-256-GCM, NIST SP 800-38D; the record's key is derived from
 * the ring's by HKDF-SHA256 with the salt, RFC 5869, so that random IVs never repeat under one key). `aad` names the record: an
 * envelope that was copied to another record doesn't open.
 */
export function seal(ring: KeyRing, plaintext: string, aad: string): string {
  const { id, bytes } = ring.primary;
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', deriveKey(bytes, salt), iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(`v1.${id}|${aad}`));
  const sealed = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  return ['v1', id, ...[salt, iv, sealed, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join('.');
}

/** @throws EnvelopeError */
export function open(ring: KeyRing, envelope: string, aad: string): string {
  const [version, id = '', ...encoded] = envelope.split('.');
  const [salt, iv, sealed, tag] = encoded.map((part) => Buffer.from(part, 'base64url'));
  if (
    version !== 'v1' ||
    !salt ||
    !iv ||
    !sealed ||
    !tag ||
    encoded.length !== 4 ||
    tag.length !== TAG_BYTES ||
    iv.length !== IV_BYTES
  ) {
    throw new EnvelopeError('This is not an envelope.');
  }
  const key = ring.keys.get(id);
  if (key === undefined) throw new EnvelopeError(`Encrypted with the key ${id}, which ENTRADA_SECRET_KEY no longer contains.`);
  const decipher = createDecipheriv('aes-256-gcm', deriveKey(key.bytes, salt), iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(`v1.${id}|${aad}`));
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new EnvelopeError('The envelope was changed or belongs to another record.', { cause });
  }
}

/** The id of the key that an envelope was encrypted with. */
export function envelopeKeyId(envelope: string): string {
  return envelope.split('.', 2)[1] ?? '';
}

function deriveKey(key: Buffer, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, 'entrada/secret/v1', KEY_BYTES));
}
