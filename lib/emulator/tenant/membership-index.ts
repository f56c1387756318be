import type { Sizes } from './company.ts';
import { foundingMembers, type ObjectRef, REF_TYPES } from './generate/groups.ts';

/** Larger than the index of any object; `REF_TYPES.length * INDEX_MAX * GROUPS_MAX` must be less than 2^53. */
const INDEX_MAX = 2 ** 28;
/** Larger than the number of groups. */
const GROUPS_MAX = 2 ** 20;

/** Initial groups of an object: the inverse of `foundingMembers`. */
export interface MembershipIndex {
  /** Indexes of groups, ascending. */
  groupsOf(ref: ObjectRef): number[];
}

/** One number per membership, sorted: the two million memberships of a million users take 16 MB. */
export function createMembershipIndex(seed: number, sizes: Sizes): MembershipIndex {
  const keyOf = (ref: ObjectRef): number => (REF_TYPES.indexOf(ref.type) * INDEX_MAX + ref.index) * GROUPS_MAX;
  const list: number[] = [];
  for (let group = 0; group < sizes.groups; group++) {
    for (const ref of foundingMembers(seed, sizes, group)) list.push(keyOf(ref) + group);
  }
  const memberships = Float64Array.from(list).sort();
  return {
    groupsOf(ref) {
      const key = keyOf(ref);
      const groups: number[] = [];
      for (let at = firstNotBelow(memberships, key); (memberships[at] ?? Infinity) < key + GROUPS_MAX; at++)
        groups.push((memberships[at] ?? 0) - key);
      return groups;
    },
  };
}

function firstNotBelow(sorted: Float64Array, wanted: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
