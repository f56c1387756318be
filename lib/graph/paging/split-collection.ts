import {
  type CountedSpan,
  firstSpans,
  innerSpans,
  joinSpans,
  type Part,
  type PartSpan,
  partFilter,
  type SplitRule,
} from '#lib/domain/dataset/partition.ts';

export interface SplitDeps {
  readonly rule: SplitRule;
  /** Rows that pass each filter, in the order of the filters; '' = all rows; null where Graph refuses the filter. */
  readonly count: (filters: readonly string[]) => Promise<readonly (number | null)[]>;
  readonly pageSize: number;
  /** Larger parts are split again. */
  readonly rowsMax: number;
  readonly now: Date;
}

/** One step of a split: parts that may be read, and spans that are being looked into. Together they are the whole of what was split. */
export interface SplitStep {
  readonly ready: readonly Part[];
  readonly open: readonly CountedSpan[];
}

/** Children of a prefix that are counted at first: one batch; the rare ones only when those don't add up. */
const FIRST_LOOK = 20;
/** Greatest depth of splits: longest prefix, or number of times that a time window is halved. */
const DEPTH_MAX = 16;
/** Counts cost a resource unit each: a split spends no more of them than this a page of the collection. */
const COUNTS_PER_PAGE = 6;
const COUNTS_MIN = 400;

/**
 * Splits a whole collection by a rule, level by level, until no part has more than `rowsMax` rows or spans can't be split further.
 * @returns null when the first parts don't add up to the whole: then some rows are in none of them, or Graph refuses the filter.
 */
export async function splitCollection(deps: SplitDeps): Promise<{
  readonly first: SplitStep;
  readonly deeper: () => AsyncGenerator<SplitStep>;
} | null> {
  const counted = await countWhole(deps);
  if (counted === null) return null;
  const first = stepOf(deps, counted);
  const total = counted.reduce((sum, { rows }) => sum + rows, 0);
  const countsMax = Math.max(COUNTS_MIN, Math.ceil(total / deps.pageSize) * COUNTS_PER_PAGE);
  return { first, deeper: () => deepen(deps, first.open, countsMax) };
}

async function countWhole(deps: SplitDeps): Promise<readonly CountedSpan[] | null> {
  const spans = firstSpans(deps.rule, deps.now);
  // Twice: rows that came between two counts look like rows that no part has.
  for (let tries = 0; tries < 2; tries++) {
    const [total, ...rows] = await deps.count(['', ...spans.map((span) => partFilter(deps.rule, [span]))]);
    if (total == null || rows.includes(null)) return null;
    const counted = spans.map((span, index) => ({ span, rows: rows[index] ?? 0 }));
    if (counted.reduce((sum, part) => sum + part.rows, 0) >= total) return counted;
  }
  return null;
}

async function* deepen(deps: SplitDeps, start: readonly CountedSpan[], countsMax: number): AsyncGenerator<SplitStep> {
  let open = start;
  let counts = 0;
  for (let depth = 1; open.length > 0; depth++) {
    const affordable = depth < DEPTH_MAX && counts < countsMax;
    const steps = affordable ? await Promise.all(open.map((span) => lookInto(deps, span))) : open.map((span) => asItIs(span));
    counts += steps.reduce((sum, step) => sum + step.counts, 0);
    const next = steps.flatMap((step) => step.open);
    yield { ready: steps.flatMap((step) => step.ready), open: next };
    open = next;
  }
}

interface Look extends SplitStep {
  readonly counts: number;
}

function asItIs({ span, rows }: CountedSpan, counts = 0): Look {
  return { ready: [{ spans: [span], rows }], open: [], counts };
}

/** What is in a span; itself, whole, when what is in it doesn't add up. */
async function lookInto(deps: SplitDeps, outer: CountedSpan): Promise<Look> {
  const spans = innerSpans(outer.span, deps.now);
  const counted: CountedSpan[] = [];
  for (const some of outer.span.kind === 'prefix' ? [spans.slice(0, FIRST_LOOK), spans.slice(FIRST_LOOK)] : [spans]) {
    const rows = await deps.count(some.map((span) => partFilter(deps.rule, [span])));
    if (rows.includes(null)) return asItIs(outer, spans.length);
    counted.push(...some.map((span: PartSpan, index) => ({ span, rows: rows[index] ?? 0 })));
    const found = counted.reduce((sum, part) => sum + part.rows, 0);
    if (found >= outer.rows) return { ...stepOf(deps, counted), counts: counted.length };
  }
  return asItIs(outer, spans.length);
}

function stepOf({ rowsMax, pageSize }: SplitDeps, counted: readonly CountedSpan[]): SplitStep {
  return { ready: joinSpans(counted, rowsMax, pageSize), open: counted.filter(({ rows }) => rows > rowsMax) };
}
