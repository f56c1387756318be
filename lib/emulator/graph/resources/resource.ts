import type { AccessClaims } from '#lib/emulator/contract.ts';
import type { Row } from '#lib/emulator/tenant/collection.ts';
import type { Tenant } from '#lib/emulator/tenant/tenant.ts';

/** A collection for a request. */
export interface ListResource {
  readonly kind: 'list';
  /** Type name without namespace. */
  readonly type: string;
  /** Rows from a position on; positions increase and are stable. */
  readonly rows: (from: number) => Iterable<readonly [position: number, row: Row]>;
  /** Page size: default and maximum. Null: no paging, and `$top` is refused. */
  readonly page: { readonly size: number; readonly max: number } | null;
  /** Number of rows, without creating them. */
  readonly size: () => number;
  /** Whether its plain v1.0 list omits service principals. */
  readonly hidesServicePrincipals?: true;
  /** Collection with `/delta`. */
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
  /** Whether the request has a `$filter`. */
  readonly filtered?: boolean;
  /** Literals in the `$filter`. */
  readonly literals?: readonly (string | number | boolean | null)[];
  readonly beta?: boolean;
}
