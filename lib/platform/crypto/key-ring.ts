import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { type KeyRing, KeyRingError, parseKeyRing } from './crypto.ts';

/** Where the keys are: in the environment, or in a file that is watched. */
interface KeyRingSource {
  readonly ENTRADA_SECRET_KEY?: string | undefined;
  readonly ENTRADA_SECRET_KEY_FILE?: string | undefined;
}

/** Null when neither is given. @throws KeyRingError */
export function openKeyRing({ ENTRADA_SECRET_KEY: text, ENTRADA_SECRET_KEY_FILE: file }: KeyRingSource): KeyRing | null {
  if (text !== undefined) return parseKeyRing(text);
  return file === undefined ? null : openKeyRingFile(file);
}

/**
 * The ring of a file, read again whenever the file has changed: when a key is rotated while Entrada runs, all of its processes know it
 * at once.
 * @throws KeyRingError when the file is missing or doesn't hold a ring.
 */
function openKeyRingFile(path: string): KeyRing {
  let seen = '';
  let ring: KeyRing | null = null;
  const current = (): KeyRing => {
    const { mtimeMs, size, ino } = statFile(path);
    const mark = `${mtimeMs} ${size} ${ino}`;
    if (ring === null || mark !== seen) ring = parseKeyRing(readFileSync(path, 'utf8'));
    seen = mark;
    return ring;
  };
  current();
  return {
    get primary() {
      return current().primary;
    },
    get keys() {
      return current().keys;
    },
  };
}

function statFile(path: string) {
  try {
    return statSync(path);
  } catch (cause) {
    throw new KeyRingError(
      `Entrada cannot read the key file ${path}. Restore it from a backup, or set ENTRADA_SECRET_KEY to the key that encrypted the secrets.`,
      { cause },
    );
  }
}

/** The ring's text with a new first key, which encrypts from now on; the older keys still decrypt. */
export function addKey(text: string): string {
  const { keys } = parseKeyRing(text);
  const numbers = [...keys.keys()].map((id) => Number(/^k(\d+)$/.exec(id)?.[1] ?? 0));
  return `k${Math.max(0, ...numbers) + 1}:${randomBytes(32).toString('base64')},${text.trim()}`;
}

/** The ring's text with its first key only. */
export function removeOldKeys(text: string): string {
  return text.trim().split(',')[0] ?? '';
}
