import { z } from 'zod';
import { DatasetArea, DatasetParent, ReadOptions } from '#lib/domain/dataset/dataset.ts';

/** What we know of a collection beyond $metadata. Sources: Graph API reference, permissions reference, throttling limits. */
export const CatalogEntry = z.strictObject({
  name: z.string(),
  title: z.string(),
  area: DatasetArea,
  description: z.string(),
  path: z.string().startsWith('/'),
  /** Entity type of its rows in $metadata. */
  type: z.string(),
  parent: z.strictObject(DatasetParent.shape).nullable().default(null),
  /** Key properties where $metadata names others than the documentation; none: rows are compared as a whole. */
  key: z.array(z.string()).nullable().default(null),
  /** Differences in Graph's beta: another path, type or shape; null: as in v1.0. */
  beta: z
    .strictObject({ path: z.string().startsWith('/'), type: z.string(), single: z.boolean() })
    .partial()
    .nullable()
    .default(null),
  /** Only Graph's beta has it: connections to v1.0 are not offered it. */
  betaOnly: z.boolean().default(false),
  /** Any one of a kind will do; the least one first. None: it can't be read with this kind of sign-in. */
  permissions: z.strictObject({
    delegated: z.array(z.string()),
    application: z.array(z.string()),
    /** With these Graph answers, but most columns are empty. */
    limited: z.array(z.string()).default([]),
  }),
  licence: z.string().nullable().default(null),
  /** Clouds by name; null: all. */
  clouds: z.array(z.string()).nullable().default(null),
  read: z.strictObject({
    ...ReadOptions.shape,
    advancedQuery: z.boolean().default(false),
    countable: z.boolean().default(false),
    delta: z.boolean().default(false),
  }),
  /** `$filter` without which Graph doesn't answer; `{id}` stands for the parent's key. */
  filter: z.string().nullable().default(null),
  /** Properties selected unless a person chooses otherwise; none named: all that come by default. */
  select: z.array(z.string()).default([]),
  /** Rows may be of derived types: their properties are columns too. */
  polymorphic: z.boolean().default(false),
  /** The expanded object (`read.expand`) gives columns of its own. */
  expanded: z.boolean().default(false),
});
export type CatalogEntry = z.infer<typeof CatalogEntry>;

/** One file of the catalogue. */
export const CatalogFile = z.strictObject({ entries: z.array(CatalogEntry) });
