/** Permission to read hidden memberships (Graph permissions reference). Without it Graph answers 200 and omits them. */
export const HIDDEN_PERMISSION = 'Member.Read.Hidden';

/** Objects that may hide their members, by the path of the members' dataset. */
const MEMBERS: Readonly<Record<string, HiddenParents>> = {
  '/groups/{id}/members': { kind: 'groups', path: '/groups', filter: "groupTypes/any(c:c eq 'Unified')" },
  '/groups/{id}/transitiveMembers': { kind: 'groups', path: '/groups', filter: "groupTypes/any(c:c eq 'Unified')" },
  '/directory/administrativeUnits/{id}/members': {
    kind: 'administrative units',
    path: '/directory/administrativeUnits',
    filter: null,
  },
};

/** A collection of which some objects may hide their members. */
export interface HiddenParents {
  /** Name of the objects, plural. */
  readonly kind: string;
  /** Path of the collection. */
  readonly path: string;
  /** `$filter` for the objects that can hide members; null: all can. Only Microsoft 365 groups can (Graph doc "group resource type", visibility). */
  readonly filter: string | null;
}

/** The parents that may hide rows of the dataset; null: none does. */
export function hiddenParentsOf({ path }: { readonly path: string }): HiddenParents | null {
  return MEMBERS[path] ?? null;
}
