import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Purpose of an encrypted text; decryption for another purpose fails. */
export type SealPurpose = 'code' | 'refresh-token' | 'session' | 'flow' | 'permissions';

export type OpenedToken =
  | { readonly ok: true; readonly value: unknown }
  /** `malformed`: truncated or of another form; `invalid`: correct form, wrong content. */
  | { readonly ok: false; readonly reason: 'malformed' | 'invalid' };

/** Encrypts JSON values to opaque, self-contained texts (AES-256-GCM), which survive a restart without storage. */
export interface Sealer {
  /** @param minLength pads the text to at least this number of characters. */
  seal(purpose: SealPurpose, value: unknown, minLength?: number): string;
  open(purpose: SealPurpose, text: string): OpenedToken;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 2 + IV_BYTES;

/**
 * Texts have the form of Entra's codes and refresh tokens: `1.A<base64url>.<base64url>`. The first part contains the length of the
 * second, so that a truncated text differs from an altered one.
 */
export function createSealer(key: Uint8Array): Sealer {
  return {
    seal: (purpose, value, minLength = 0) => {
      const iv = randomBytes(IV_BYTES);
      const json = JSON.stringify(value);
      const padding = Math.max(0, Math.ceil((minLength * 3) / 4) - json.length);
      const cipher = createCipheriv('aes-256-gcm', key, iv);
      cipher.setAAD(Buffer.from(purpose));
      const sealed = Buffer.concat([cipher.update(json + ' '.repeat(padding), 'utf8'), cipher.final(), cipher.getAuthTag()]);
      const head = Buffer.alloc(HEAD_BYTES);
      head.writeUInt16BE(sealed.length);
      head.set(iv, 2);
      return `1.A${head.toString('base64url')}.${sealed.toString('base64url')}`;
    },
    open: (purpose, text) => {
      const match = /^1\.A([\w-]+)\.([\w-]+)$/.exec(text);
      const head = Buffer.from(match?.[1] ?? '', 'base64url');
      const sealed = Buffer.from(match?.[2] ?? '', 'base64url');
      if (head.length !== HEAD_BYTES || sealed.length !== head.readUInt16BE() || sealed.length < TAG_BYTES) {
        return { ok: false, reason: 'malformed' };
      }
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, head.subarray(2));
        decipher.setAAD(Buffer.from(purpose));
        decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
        const json = Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
        return { ok: true, value: JSON.parse(json.toString('utf8')) };
      } catch {
        return { ok: false, reason: 'invalid' };
      }
    },
  };
}
