import { hash32 } from './random.ts';

/** An odd number and its inverse modulo 2^32: scrambling an index can be undone, so an id tells its index without a table. */
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
  const idOf = (index: number): string => {
    const head = ((Math.imul(index, FACTOR) >>> 0) ^ salt) >>> 0;
    const [b, c, d] = [hash32(`${kind}b${head}${salt}`), hash32(`${kind}c${head}`), hash32(`${kind}d${salt}${head}`)].map((n) =>
      hex8(n),
    ) as [string, string, string];
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

function hex8(number: number): string {
  return (number >>> 0).toString(16).padStart(8, '0');
}
