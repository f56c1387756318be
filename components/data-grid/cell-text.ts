import type { Cell, ColumnType } from '#lib/domain/dataset/dataset.ts';

/** A column as the grid needs it. */
export interface GridColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** How a cell is drawn: `text` on one line, `tone` says what kind of value it is. */
export interface CellText {
  readonly text: string;
  readonly tone: 'text' | 'number' | 'boolean' | 'time' | 'json' | 'null' | 'empty';
}

const NUMBER_TYPES: ReadonlySet<ColumnType> = new Set(['int32', 'int64', 'double', 'decimal']);
const TIME_TYPES: ReadonlySet<ColumnType> = new Set(['dateTimeOffset', 'date', 'timeOfDay', 'duration']);
/** More of a value than this on one line helps nobody and slows the page down. */
const LINE_CHARS_MAX = 200;

/** One line for a cell. Null and the empty string differ. */
export function cellText(cell: Cell, type: ColumnType): CellText {
  if (cell === null) return { text: 'null', tone: 'null' };
  if (cell === '') return { text: '(empty)', tone: 'empty' };
  const line = String(cell).replace(/\s+/g, ' ');
  const text = line.length > LINE_CHARS_MAX ? `${line.slice(0, LINE_CHARS_MAX)}…` : line;
  return { text, tone: toneOf(cell, type) };
}

function toneOf(cell: Cell, type: ColumnType): CellText['tone'] {
  if (type === 'json') return 'json';
  if (typeof cell === 'boolean' || type === 'boolean') return 'boolean';
  if (typeof cell === 'number' || NUMBER_TYPES.has(type)) return 'number';
  return TIME_TYPES.has(type) ? 'time' : 'text';
}

/** A time as the person's own clock shows it; null for what is no time with a zone. */
export function localTime(text: string): string | null {
  if (!/^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' }).format(at);
}

/** Whether values of a type line up on the right. */
export function isRightAligned(type: ColumnType): boolean {
  return NUMBER_TYPES.has(type);
}

/** The whole value, for the clipboard and the inspector: JSON indented, null as the word. */
export function fullText(cell: Cell, type: ColumnType): string {
  if (cell === null) return 'null';
  const value = type === 'json' ? parsed(cell) : cell;
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value);
}

/** A row as the object it was: nested values are objects again, not text. */
export function rowObject(columns: readonly GridColumn[], row: readonly Cell[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    columns.map((column, index) => {
      const cell = row[index] ?? null;
      return [column.name, column.type === 'json' ? parsed(cell) : cell];
    }),
  );
}

function parsed(cell: Cell): unknown {
  if (typeof cell !== 'string') return cell;
  try {
    return JSON.parse(cell) as unknown;
  } catch {
    // A scalar kept in a json column arrives as it is.
    return cell;
  }
}

const CHAR_PX = 7.3;
const PADDING_PX = 28;

/** Width in px for a column: that of its head and of the longest of its first values, within 72..320. */
export function columnWidth(column: GridColumn, index: number, rows: readonly (readonly Cell[])[]): number {
  const head = Math.max(column.name.length, column.type.length);
  const longest = rows
    .slice(0, 40)
    .reduce((chars, row) => Math.max(chars, cellText(row[index] ?? null, column.type).text.length), head);
  return Math.round(Math.min(320, Math.max(72, longest * CHAR_PX + PADDING_PX)));
}
