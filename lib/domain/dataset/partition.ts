import type { DatasetDefinition } from './dataset.ts';

/** A documented filter that splits a collection into parts; never ranges of ids, which Graph does not index. */
export interface SplitRule {
  readonly kind: 'prefix' | 'window';
  readonly property: string;
}

/** Values of the rule's property with a prefix, or times between two bounds (milliseconds since 1970; null = open). */
export type PartSpan =
  | { readonly kind: 'prefix'; readonly text: string }
  | { readonly kind: 'window'; readonly fromMs: number | null; readonly toMs: number | null };

export interface CountedSpan {
  readonly span: PartSpan;
  readonly rows: number;
}

/** A part that is read as one chain of pages: spans joined by `or`. */
export interface Part {
  readonly spans: readonly PartSpan[];
  readonly rows: number;
}

/**
 * Rules to try in turn; the first whose parts sum up to the count of the collection is used (Graph docs: user, group, application, device,
 * servicePrincipal and orgContact resource types, "Supports $filter" without advanced query). Values that no part covers, such as null, make the sum
 * too small.
 */
const RULES: Readonly<Record<string, readonly SplitRule[]>> = {
  '/users': [
    { kind: 'prefix', property: 'userPrincipalName' },
    { kind: 'window', property: 'createdDateTime' },
  ],
  '/groups': [{ kind: 'window', property: 'createdDateTime' }],
  '/applications': [{ kind: 'window', property: 'createdDateTime' }],
  '/devices': [{ kind: 'prefix', property: 'displayName' }],
  '/servicePrincipals': [{ kind: 'prefix', property: 'displayName' }],
  '/contacts': [{ kind: 'prefix', property: 'displayName' }],
};

/**
 * Rules for a dataset; none when its objects have no key (one object may be in two parts) or cannot be counted. Delta query corrects
 * the items of an object that was read twice.
 */
export function splitRulesOf(dataset: DatasetDefinition): readonly SplitRule[] {
  const { countable, pageSizeMax, advancedQuery, delta } = dataset.read;
  const key = dataset.columns.some((column) => column.key);
  const counted = dataset.kind === 'child' ? delta : countable;
  if (dataset.parent !== null || !key || !counted || pageSizeMax === null || advancedQuery) return [];
  return RULES[dataset.path] ?? [];
}

/** Chains of pages at once that a split aims at: more are no faster on a few processors. */
export const CHAINS_MAX = 32;
/** Collections of fewer pages are not split: counting the parts would cost as much. */
const SPLIT_PAGES_MIN = 6;
/** A part of fewer pages is not split further. */
const PART_PAGES_MIN = 3;

/** Largest number of rows for a part, so that no chain is much longer than the others. Null: the collection is not split. */
export function partRowsMax(total: number, pageSize: number): number | null {
  const pages = Math.ceil(total / pageSize);
  if (pages < SPLIT_PAGES_MIN) return null;
  return Math.max(PART_PAGES_MIN, Math.ceil(pages / CHAINS_MAX)) * pageSize;
}

/** Characters of the names of directory objects, most frequent first: `$filter` compares case-insensitively. */
const LETTERS = [...'aeiornsltmcdhupgbkjfvywzxq'];
const DIGITS = [...'0123456789'];
const MARKS = [..."._-'@#&!^~ "];

/** Parts of the whole collection. */
export function firstSpans(rule: SplitRule, now: Date): readonly PartSpan[] {
  if (rule.kind === 'prefix') return [...LETTERS, ...DIGITS, ...MARKS].map((text) => ({ kind: 'prefix', text }));
  return cutWindow({ kind: 'window', fromMs: null, toMs: null }, now);
}

/** Spans within a span, most frequent first. They cover all of its rows, unless a value has a character outside of the known ones. */
export function innerSpans(span: PartSpan, now: Date): readonly PartSpan[] {
  if (span.kind === 'window') return cutWindow(span, now);
  // Employee numbers continue with digits, names with letters.
  const inDigits = /\d$/.test(span.text);
  const order = inDigits ? [...DIGITS, ...MARKS, ...LETTERS] : [...LETTERS, ...MARKS, ...DIGITS];
  return order.map((next) => ({ kind: 'prefix', text: span.text + next }));
}

/** Windows per split: as many as one batch counts. */
const WINDOWS = 20;
/** No directory is older; an earlier time is in the open first window. */
const EPOCH_MS = Date.UTC(2008, 0, 1);
const SECOND_MS = 1000;

/**
 * Bounds lie at half seconds: times of the directory are whole seconds, so that no time is in two windows, and `ge` and `le` (the only
 * documented comparisons) leave no gap.
 */
function cutWindow({ fromMs, toMs }: Extract<PartSpan, { kind: 'window' }>, now: Date): readonly PartSpan[] {
  const from = fromMs ?? EPOCH_MS;
  const to = toMs ?? now.getTime();
  const step = Math.floor((to - from) / WINDOWS / SECOND_MS) * SECOND_MS;
  if (step < SECOND_MS) return [];
  const bounds = Array.from({ length: WINDOWS - 1 }, (_, index) => halfSecond(from + (index + 1) * step));
  const edges = [fromMs, ...bounds, toMs];
  return edges.slice(1).map((end, index) => ({ kind: 'window', fromMs: edges[index] ?? null, toMs: end ?? null }));
}

function halfSecond(ms: number): number {
  return Math.floor(ms / SECOND_MS) * SECOND_MS + SECOND_MS / 2;
}

/** Graph accepts at most 15 `or`s in a filter; the dataset's own filter may contain some. */
const JOIN_MAX = 8;
/** Prefixes with fewer rows than this fraction of a page are read together. */
const SMALL_SHARE = 0.5;

/**
 * Joins small spans into parts of at most `rowsMax` rows, to save requests; windows only with adjacent ones. Omits larger spans, which have
 * to be split.
 */
export function joinSpans(spans: readonly CountedSpan[], rowsMax: number, pageSize: number): readonly Part[] {
  if (spans.some(({ span }) => span.kind === 'window')) return joinWindows(spans, rowsMax);
  return joinPrefixes(
    spans.filter(({ rows }) => rows > 0 && rows <= rowsMax),
    pageSize,
  );
}

function joinPrefixes(spans: readonly CountedSpan[], pageSize: number): readonly Part[] {
  const isSmall = ({ rows }: CountedSpan): boolean => rows < pageSize * SMALL_SHARE;
  const parts: Part[] = spans.filter((span) => !isSmall(span)).map(({ span, rows }) => ({ spans: [span], rows }));
  let open: Part = { spans: [], rows: 0 };
  for (const { span, rows } of spans.filter(isSmall).sort((a, b) => a.rows - b.rows)) {
    if (open.spans.length === JOIN_MAX || open.rows + rows > pageSize) {
      parts.push(open);
      open = { spans: [], rows: 0 };
    }
    open = { spans: [...open.spans, span], rows: open.rows + rows };
  }
  return open.spans.length === 0 ? parts : [...parts, open];
}

function joinWindows(spans: readonly CountedSpan[], rowsMax: number): readonly Part[] {
  const parts: Part[] = [];
  let joins = false;
  for (const { span, rows } of spans) {
    const last = parts.at(-1);
    const before = last?.spans[0];
    if (rows > rowsMax) joins = false;
    else if (joins && before?.kind === 'window' && span.kind === 'window' && (last?.rows ?? 0) + rows <= rowsMax) {
      parts[parts.length - 1] = { spans: [{ ...before, toMs: span.toMs }], rows: (last?.rows ?? 0) + rows };
    } else {
      parts.push({ spans: [span], rows });
      joins = true;
    }
  }
  return parts.filter(({ rows }) => rows > 0);
}

/** The part as a `$filter` expression, not percent-encoded. */
export function partFilter(rule: SplitRule, spans: readonly PartSpan[]): string {
  const texts = spans.map((span) => spanFilter(rule, span));
  return texts.length === 1 ? (texts[0] ?? '') : `(${texts.join(' or ')})`;
}

function spanFilter({ property }: SplitRule, span: PartSpan): string {
  if (span.kind === 'prefix') return `startsWith(${property},'${span.text.replaceAll("'", "''")}')`;
  const { fromMs, toMs } = span;
  const bounds = [
    fromMs === null ? null : `${property} ge ${new Date(fromMs).toISOString()}`,
    toMs === null ? null : `${property} le ${new Date(toMs).toISOString()}`,
  ];
  return bounds.filter((bound) => bound !== null).join(' and ');
}
