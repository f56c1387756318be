import type { DatasetEntry } from '../dataset-entry.ts';

/** Names of columns for the search: by key of the entry, or by entity type where there is no such key; separated by spaces. */
export type ColumnIndex = ReadonlyMap<string, string>;

/** An entry prepared for searching, with lower-case texts. */
export interface SearchableEntry {
  readonly entry: DatasetEntry;
  readonly name: string;
  readonly title: string;
  readonly path: string;
  readonly rest: string;
  /** Names of columns, original and lower-case. */
  readonly columns: string;
  readonly columnsLower: string;
}

export interface SearchHit {
  readonly entry: DatasetEntry;
  /** Higher is better; 0 without a query. */
  readonly score: number;
  /** Name of the matching column when only a column matched; else null. */
  readonly column: string | null;
}

export function toSearchable(entry: DatasetEntry, columns: ColumnIndex): SearchableEntry {
  const names = columns.get(entry.key) ?? columns.get(entry.entityType) ?? '';
  return {
    entry,
    name: entry.name.toLowerCase(),
    title: entry.title.toLowerCase(),
    path: entry.path.toLowerCase(),
    rest: [entry.entityType, entry.area, ...entry.permissions].join('\n').toLowerCase(),
    columns: names,
    columnsLower: names.toLowerCase(),
  };
}

/**
 * Entries that contain every word of `query`, each with a score: name before title before path before entity type and
 * permissions before column; whole field before its beginning before a word's beginning before the middle. Keeps the order.
 */
export function searchDatasets(entries: readonly SearchableEntry[], query: string): readonly SearchHit[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return entries.map(({ entry }) => ({ entry, score: 0, column: null }));
  const hits: SearchHit[] = [];
  for (const searchable of entries) {
    const hit = hitOf(searchable, words);
    if (hit !== null) hits.push(hit);
  }
  return hits;
}

function hitOf(searchable: SearchableEntry, words: readonly string[]): SearchHit | null {
  let score = 0;
  let column: string | null = null;
  for (const word of words) {
    const best = scoreOf(searchable, word);
    if (best > 0) score += best;
    else {
      const found = columnWith(searchable, word);
      if (found === null) return null;
      column = found;
      score += found.toLowerCase() === word ? 8 : 4;
    }
  }
  // Among equal scores: datasets of the connection, then shorter names.
  const own = searchable.entry.id === null ? 0 : 6;
  return { entry: searchable.entry, score: score + own + 3 / (searchable.name.length + 1), column };
}

function scoreOf({ name, title, path, rest }: SearchableEntry, word: string): number {
  const field = scoreField(name, word, 100) || scoreField(title, word, 80);
  if (field > 0) return field;
  if (path.includes(word)) return 25;
  return rest.includes(word) ? 15 : 0;
}

/** Fraction of `best`: all for the whole field, less for its beginning, a word's beginning, and the middle. */
function scoreField(field: string, word: string, best: number): number {
  const at = field.indexOf(word);
  if (at < 0) return 0;
  if (field.length === word.length) return best;
  if (at === 0) return best * 0.8;
  return /[\s_/]/.test(field[at - 1] ?? '') ? best * 0.6 : best * 0.4;
}

/** The first column name that contains `word`. */
function columnWith({ columns, columnsLower }: SearchableEntry, word: string): string | null {
  const at = columnsLower.indexOf(word);
  if (at < 0) return null;
  const start = columns.lastIndexOf(' ', at) + 1;
  const end = columns.indexOf(' ', at);
  return columns.slice(start, end < 0 ? columns.length : end);
}
