import { DbNull } from '@prisma/client/runtime/client';
import type { Prisma } from '#prisma/generated/client.ts';

/** A value of a JSON column. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** An object for a JSON column; omits undefined members, as JSON.stringify does. */
export function toJson(value: object): Prisma.InputJsonValue {
  return JSON.parse(JSON.stringify(value));
}

/** Like `toJson`; null becomes SQL NULL. */
export function toJsonOrNull(value: object | null): Prisma.InputJsonValue | typeof DbNull {
  return value === null ? DbNull : toJson(value);
}
