import type { Cell, ColumnType } from '#lib/domain/dataset/dataset.ts';

/** A column of the grid. */
export interface GridColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** How a cell is displayed: `text` on one line, `tone` is the kind of value. */
export interface CellText {
  readonly text: string;
  readonly tone: 'text' | 'number' | 'boolean' | 'time' | 'json' | 'null' | 'empty';
}

const NUMBER_TYPES: ReadonlySet<ColumnType> = new Set(['int32', 'int64', 'double', 'decimal']);
const TIME_TYPES: ReadonlySet<ColumnType> = new Set(['dateTimeOffset', 'date', 'timeOfDay', 'duration']);
/** Maximum number of displayed characters per value, which limits rendering time. */
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

/** A time in the person's time zone; null for a text that is not a time with a zone. */
export function localTime(text: string): string | null {
  if (!/^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' }).format(at);
}

/** Whether values of a type are right-aligned. */
export function isRightAligned(type: ColumnType): boolean {
  return NUMBER_TYPES.has(type);
}

/** The whole value, for the clipboard and the inspector: JSON indented, null as `null`. */
export function fullText(cell: Cell, type: ColumnType): string {
  if (cell === null) return 'null';
  const value = type === 'json' ? parsed(cell) : cell;
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value);
}

/** A row as an object: nested values are objects again. */
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
    // A scalar in a json column is not JSON text.
    return cell;
  }
}

const CHAR_PX = 7.3;
const PADDING_PX = 28;

/** Width of a column in px: that of its head or the longest of its first values, within 72..320. */
export function columnWidth(column: GridColumn, index: number, rows: readonly (readonly Cell[])[]): number {
  const head = Math.max(column.name.length, column.type.length);
  const longest = rows
    .slice(0, 40)
    .reduce((chars, row) => Math.max(chars, cellText(row[index] ?? null, column.type).text.length), head);
  return Math.round(Math.min(320, Math.max(72, longest * CHAR_PX + PADDING_PX)));
}
