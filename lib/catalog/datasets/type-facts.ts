import { z } from 'zod';
import type { FilterOperator, ReadOptions } from '#lib/domain/dataset/dataset.ts';
import facts from './type-facts.json' with { type: 'json' };

/**
 * Facts about a type that are documented but not in $metadata: which properties are returned by default, which a list refuses, what a column
 * needs, what can be filtered. Sources: Graph API reference (resource types), "Advanced query capabilities on directory objects".
 */
const TypeFacts = z.strictObject({
  /** Properties that are returned without $select; none: all but `selectOnly`. */
  defaults: z.array(z.string()).optional(),
  /** Properties that are returned only when $select names them. */
  selectOnly: z.array(z.string()).default([]),
  /** Properties that a list refuses (501), or that are of no use in a table. */
  denied: z.array(z.string()).default([]),
  columns: z
    .record(
      z.string(),
      z.strictObject({
        note: z.string().optional(),
        permission: z.string().optional(),
        licence: z.string().optional(),
        /** Properties that `$select` refuses together with it. */
        conflictsWith: z.array(z.string()).default([]),
        /** Of a collection: the property that identifies an item within one object. */
        itemKey: z.array(z.string()).optional(),
      }),
    )
    .default({}),
  /**
   * By source path: support for eq, startsWith, ge/le and `eq null`, one letter each (d: as it is, a: as an advanced query, r: gt and lt
   * instead of ge and le, -: none); then `any` for collections, `e` for endsWith as an advanced query.
   */
  filter: z.record(z.string(), z.string().regex(/^[da-][da-][dar-][da-](any|e)?$/)).default({}),
});
export type TypeFacts = z.infer<typeof TypeFacts>;

const FACTS = z.record(z.string(), TypeFacts).parse(facts);
const NONE = TypeFacts.parse({});

/** Facts of a type by its qualified name; empty ones where there are none. */
export function factsOf(type: string): TypeFacts {
  return FACTS[type] ?? NONE;
}

/** Types with facts. */
export const TYPES_WITH_FACTS: readonly string[] = Object.keys(FACTS);

interface FilterSupport {
  readonly filter: FilterOperator[];
  readonly advancedFilter: FilterOperator[];
}

/** Operators on a property of a type, without and with the advanced query headers. */
export function filterSupport(
  facts: TypeFacts,
  sourcePath: string,
  read: Pick<ReadOptions, 'options' | 'throttling'>,
): FilterSupport {
  const support: FilterSupport = { filter: [], advancedFilter: [] };
  const code = facts.filter[sourcePath];
  if (code === undefined || !read.options.includes('filter')) return support;
  // `ne` and `in` are what the directory adds; the logs and reports know only what their pages name.
  const directory = read.throttling === 'directory';
  const add = (letter: string | undefined, operators: readonly FilterOperator[]): void => {
    if (letter === 'd' || letter === 'r') support.filter.push(...operators);
    else if (letter === 'a') support.advancedFilter.push(...operators);
  };
  const [eq, starts, range, isNull] = code;
  if (code.endsWith('any')) {
    add(eq, ['any']);
    return support;
  }
  add(eq, directory ? ['eq', 'in'] : ['eq']);
  if (directory && eq !== '-') support.advancedFilter.push('ne');
  add(starts, ['startsWith']);
  add(range, range === 'r' ? ['gt', 'lt'] : ['ge', 'le']);
  add(isNull, ['eqNull']);
  if (code.endsWith('e')) support.advancedFilter.push('endsWith');
  return support;
}
