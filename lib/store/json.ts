import { Prisma } from '#prisma/generated/client.ts';

/** What a JSON column holds. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A plain value for a JSON column; members that are undefined are left out, as JSON.stringify does. */
export function toJson(value: object): Prisma.InputJsonValue {
  return JSON.parse(JSON.stringify(value));
}

/** As `toJson`; null becomes the column's own NULL. */
export function toJsonOrNull(value: object | null): Prisma.InputJsonValue | typeof Prisma.DbNull {
  return value === null ? Prisma.DbNull : toJson(value);
}
