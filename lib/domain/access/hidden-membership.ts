/** Opens memberships that are hidden (Graph permissions reference); without it Graph leaves them out with 200, it does not refuse. */
export const HIDDEN_PERMISSION = 'Member.Read.Hidden';

/** Where objects may hide who is in them: datasets of their members, by path. */
const MEMBERS: Readonly<Record<string, HiddenParents>> = {
  '/groups/{id}/members': { kind: 'groups', path: '/groups', filter: "groupTypes/any(c:c eq 'Unified')" },
  '/groups/{id}/transitiveMembers': { kind: 'groups', path: '/groups', filter: "groupTypes/any(c:c eq 'Unified')" },
  '/directory/administrativeUnits/{id}/members': {
    kind: 'administrative units',
    path: '/directory/administrativeUnits',
    filter: null,
  },
};

/** Objects of which some hide who is in them. */
export interface HiddenParents {
  /** In the plural. */
  readonly kind: string;
  /** Their collection. */
  readonly path: string;
  /** Those that can hide it; null: all can. Only Microsoft 365 groups can (Graph doc "group resource type", visibility). */
  readonly filter: string | null;
}

/** The parents of a dataset's rows that may hide them; null: none does. */
export function hiddenParentsOf({ path }: { readonly path: string }): HiddenParents | null {
  return MEMBERS[path] ?? null;
}
