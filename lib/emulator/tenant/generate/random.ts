/** Random numbers that depend only on the seed, a kind and an index: any row can be generated without earlier ones. */
export interface Random {
  /** 0 inclusive .. `below` exclusive. */
  int(below: number): number;
  pick<T>(list: readonly [T, ...T[]]): T;
  /** True in `share` (0..1) of the cases. */
  chance(share: number): boolean;
}

/** splitmix32 with a hash of seed, kind and index. */
export function randomFor(seed: number, kind: string, index: number): Random {
  let state = hash32(`${seed}/${kind}`) ^ Math.imul(index + 1, 0x9e3779b1);
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let t = state ^ (state >>> 16);
    t = Math.imul(t, 0x21f0aaad);
    t ^= t >>> 15;
    t = Math.imul(t, 0x735a2d97);
    return ((t ^ (t >>> 15)) >>> 0) / 2 ** 32;
  };
  const int = (below: number): number => Math.floor(next() * below);
  return { int, pick: (list) => list[int(list.length)] ?? list[0], chance: (share) => next() < share };
}

/** FNV-1a. */
export function hash32(text: string): number {
  return hashOn(0x811c9dc5, text);
}

/** The hash of a text whose prefix has the hash `hash`. */
export function hashOn(hash: number, text: string): number {
  let at = hash;
  for (let i = 0; i < text.length; i++) at = Math.imul(at ^ text.charCodeAt(i), 0x01000193);
  return at >>> 0;
}
