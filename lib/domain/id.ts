import { z } from 'zod';

/** Kinds of ids; every id starts with its kind (`conn_…`), so that a wrong kind is recognised at once. */
export const ID_KINDS = [
  'user',
  'tok',
  'aud',
  'gw',
  'gwg',
  'conn',
  'ver',
  'cert',
  'ds',
  'targ',
  'task',
  'run',
  'dsrun',
  'sec',
  'mjob',
  'diff',
  'rev',
  'gcmd',
  'sched',
  'nchn',
  'nrul',
  'notf',
  'ndel',
] as const;
export type IdKind = (typeof ID_KINDS)[number];
export type Id<K extends IdKind> = `${K}_${string}`;

/** Lower-case letters and digits without those that are easily confused (i, l, o, 0, 1). */
export const ID_ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
export const ID_LENGTH = 20;

/** Schema of ids of one kind. */
export function idSchema<K extends IdKind>(kind: K): z.ZodType<Id<K>, string> {
  const text = z
    .string()
    .regex(new RegExp(`^${kind}_[${ID_ALPHABET}]{${ID_LENGTH}}$`), `Expected an id that starts with ${kind}_`);
  // A text that matches is an Id; the API description cannot represent a transform that only changes the type.
  return text as unknown as z.ZodType<Id<K>, string>;
}
