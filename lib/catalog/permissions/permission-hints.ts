import { z } from 'zod';
import hints from './permission-hints.json' with { type: 'json' };

/**
 * Which permissions open a GET of which path, from Microsoft's own list (microsoft-graph-devx-content, permissions/new/permissions.json):
 * up to six of each kind that read, the least one first. Paths in lower case as a tree of segments; a path's set is under the empty name.
 */
interface Node {
  readonly [segment: string]: Node | number;
}
const Hints = z.object({
  permissions: z.array(z.string()),
  /** Delegated and application permissions as places in `permissions`. */
  sets: z.array(z.tuple([z.array(z.number()), z.array(z.number())])),
  paths: z.custom<Node>((value) => typeof value === 'object' && value !== null),
});
const { permissions, sets, paths } = Hints.parse(hints);

export interface PermissionHint {
  readonly delegated: readonly string[];
  readonly application: readonly string[];
}

/** Permissions for a GET of a path (`/groups/{id}/members`); null where Graph's list has none, so that nothing says it can be read. */
export function permissionHint(path: string): PermissionHint | null {
  let at: Node | number | undefined = paths;
  for (const segment of path.toLowerCase().split('/')) {
    if (segment !== '') at = typeof at === 'object' ? at[segment] : undefined;
  }
  const set = typeof at === 'object' ? at[''] : undefined;
  const [delegated, application] = (typeof set === 'number' ? sets[set] : undefined) ?? [];
  if (delegated === undefined || application === undefined) return null;
  const named = (places: readonly number[]): string[] => places.flatMap((place) => permissions[place] ?? []);
  return { delegated: named(delegated), application: named(application) };
}
