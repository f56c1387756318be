import type { AccessClaims } from '#lib/emulator/contract.ts';
import type { Row } from '#lib/emulator/tenant/collection.ts';
import type { Tenant } from '#lib/emulator/tenant/tenant.ts';

/** A collection as a request sees it. */
export interface ListResource {
  readonly kind: 'list';
  /** Type name without namespace. */
  readonly type: string;
  /** Rows from a position on; positions grow and survive changes. */
  readonly rows: (from: number) => Iterable<readonly [position: number, row: Row]>;
  /** Rows a page: default and largest. Null: no paging, and `$top` is refused. */
  readonly page: { readonly size: number; readonly max: number } | null;
  /** Rows without looking at them. */
  readonly size: () => number;
  /** Relationship whose plain v1.0 list leaves service principals out. */
  readonly hidesServicePrincipals?: true;
  /** Collection behind `/delta`. */
  readonly delta?: 'users' | 'groups' | 'other';
}
export interface SingleResource {
  readonly kind: 'object';
  readonly type: string;
  readonly row: Row;
}
export type Resource = ListResource | SingleResource;

export interface ResourceRequest {
  readonly tenant: Tenant;
  readonly claims: AccessClaims;
  readonly can: (permissions: readonly string[]) => boolean;
  /** The request has a `$filter`. */
  readonly filtered?: boolean;
  /** Words of the `$filter`: literals that it names. */
  readonly literals?: readonly (string | number | boolean | null)[];
  readonly beta?: boolean;
}
