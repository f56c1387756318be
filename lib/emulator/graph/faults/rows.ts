import { z } from 'zod';
import type { ListResource } from '#lib/emulator/graph/resources/resource.ts';
import type { Row } from '../../tenant/collection.ts';
import { EXTENSION } from '../../tenant/company.ts';
import { createOccurrences, Occurrence, PathPattern } from './occurrences.ts';

const EveryNth = z.number().int().min(1);

/**
 * Every nth row of a collection is absent from its list, but counted and readable by its own URL, as on a replica that lags
 * (Graph doc "Best practices", eventual consistency).
 */
const MissingRows = z.object({ path: PathPattern, everyNth: EveryNth });

/**
 * Property names of every nth row have another case: `jobtitle` or `JobTitle`. OData names are case-sensitive, but on-premises gateways and some
 * workloads behind Graph use Pascal case, and directory extensions have the case of their registration.
 */
const Spelling = z.object({
  path: PathPattern.optional(),
  everyNth: EveryNth,
  /** Regular expression for whole names; default: all except `id` and annotations. */
  properties: PathPattern.optional(),
  as: z.enum(['lower', 'upper-first']).default('upper-first'),
});

export const RowSettings = {
  missingRows: z.array(MissingRows),
  /**
   * A list is empty although it has rows, with 200 and without a next link, like a replica that has the parent but not yet its children.
   * The rows are counted. Each path has its own counter.
   */
  emptyFirst: z.array(Occurrence),
  spelling: z.array(Spelling),
  /**
   * The tenant's directory extension is registered twice, in two spellings; every other object uses the second. Both are listed as
   * available, and `$select` finds each only by its own spelling.
   */
  twoSpellings: z.boolean(),
};

interface Settings {
  readonly missingRows?: readonly z.infer<typeof MissingRows>[] | undefined;
  readonly emptyFirst?: readonly Occurrence[] | undefined;
  readonly spelling?: readonly z.infer<typeof Spelling>[] | undefined;
  readonly twoSpellings?: boolean | undefined;
}

/** The second spelling of the tenant's directory extension. */
export const SECOND_EXTENSION_NAME = EXTENSION.replace(
  /^(extension_[0-9a-f]{32}_)(.)/,
  (_, head: string, first: string) => head + first.toUpperCase(),
);

export interface RowFaults {
  /** The collection for this request. */
  alter(settings: Settings, path: string, listing: ListResource): ListResource;
}

export function createRowFaults(): RowFaults {
  const occurrences = createOccurrences();
  return {
    alter(settings, path, listing) {
      const { missingRows = [], emptyFirst = [], twoSpellings = false } = settings;
      if (emptyFirst.some((fault) => occurrences.isDue(fault, path, path.toLowerCase()))) return { ...listing, rows: () => [] };
      const missing = missingRows.filter((fault) => new RegExp(fault.path, 'i').test(path));
      if (missing.length === 0 && !twoSpellings) return listing;
      return {
        ...listing,
        *rows(from) {
          for (const [position, row] of listing.rows(from)) {
            if (missing.some(({ everyNth }) => position % everyNth === everyNth - 1)) continue;
            yield [position, twoSpellings && position % 2 === 1 ? withSecondExtensionName(row) : row];
          }
        },
      };
    },
  };
}

function withSecondExtensionName(row: Row): Row {
  if (!(EXTENSION in row)) return row;
  const { [EXTENSION]: value, ...rest } = row;
  return { ...rest, [SECOND_EXTENSION_NAME]: value };
}

/** The row at a position with the configured case of property names. */
export function withChangedCase({ spelling = [] }: Settings, path: string, position: number, row: Row): Row {
  const due = spelling.filter(
    (fault) =>
      position % fault.everyNth === fault.everyNth - 1 && (fault.path === undefined || new RegExp(fault.path, 'i').test(path)),
  );
  if (due.length === 0) return row;
  const spell = (name: string): string => {
    const fault = due.find(({ properties = '(?!id$)[^@]+' }) => new RegExp(`^(?:${properties})$`, 'i').test(name));
    if (fault === undefined) return name;
    return fault.as === 'lower' ? name.toLowerCase() : name.charAt(0).toUpperCase() + name.slice(1);
  };
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [spell(name), value]));
}
