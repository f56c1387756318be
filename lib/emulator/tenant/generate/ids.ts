import { hash32, hashOn } from './random.ts';

/** An odd number and its inverse modulo 2^32: the index is computed from an id without a table. */
const FACTOR = 0x9e3779b1;
const INVERSE = 0x0e8b2f51;

/** Ids of one kind of object: GUIDs in the form of random ones. */
export interface IdSpace {
  idOf(index: number): string;
  /** The index of an id of this kind, or null. */
  indexOf(id: string): number | null;
}

export function createIdSpace(seed: number, kind: string): IdSpace {
  const salt = hash32(`${seed}:${kind}`);
  // The common prefix of a kind is hashed once: ids take most of the time of generating a user.
  const [ofB, ofC, ofD, tail] = [hash32(`${kind}b`), hash32(`${kind}c`), hash32(`${kind}d${salt}`), String(salt)];
  const idOf = (index: number): string => {
    const head = ((Math.imul(index, FACTOR) >>> 0) ^ salt) >>> 0;
    const digits = String(head);
    const b = hex8(hashOn(hashOn(ofB, digits), tail));
    const c = hex8(hashOn(ofC, digits));
    const d = hex8(hashOn(ofD, digits));
    return `${hex8(head)}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(0, 3)}-${c.slice(4)}${d}`;
  };
  return {
    idOf,
    indexOf(id) {
      const head = Number.parseInt(id.slice(0, 8), 16);
      if (Number.isNaN(head)) return null;
      const index = Math.imul((head ^ salt) >>> 0, INVERSE) >>> 0;
      return idOf(index) === id.toLowerCase() ? index : null;
    },
  };
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hex8(number: number): string {
  return `${BYTES[number >>> 24]}${BYTES[(number >>> 16) & 255]}${BYTES[(number >>> 8) & 255]}${BYTES[number & 255]}`;
}
