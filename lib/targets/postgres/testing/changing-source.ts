import type { Column, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';
import { type FakeSourceOptions, fakeDataset, type NotRead } from '#lib/reload/testing/fake-source.ts';
import type { Row } from './landing.ts';

/** Columns besides the key; their properties have the same names. */
export const VALUE_COLUMNS = ['name', 'title', 'mail', 'phone', 'city', 'office'] as const;
export const ROW_IDS = Array.from({ length: 12 }, (_, index) => `r${index}`);
export const TEAMS = ['t1', 't2', 't3'] as const;
type ValueColumn = (typeof VALUE_COLUMNS)[number];

/** Changes to a column; renaming or retyping a second time restores the original. */
export const COLUMN_ACTIONS = ['deselect', 'select', 'rename', 'retype', 'lose', 'regain', 'refuse-late'] as const;
type ColumnAction = (typeof COLUMN_ACTIONS)[number];

export type Action =
  | { readonly does: 'set'; readonly id: string; readonly column: ValueColumn; readonly value: string | null }
  | { readonly does: 'insert'; readonly id: string; readonly team: string }
  | { readonly does: 'delete'; readonly id: string }
  | {
      readonly does: ColumnAction;
      readonly column: ValueColumn;
    }
  | { readonly does: 'unprove'; readonly team: string };

const refusal = (name: string) => ({ name, reason: 'Graph refused it.' });

/** A source with members of two teams and delta query by team, whose selection and refusals change. Computes what the table must contain. */
export class SourceModel {
  readonly #keyed: boolean;
  /** The rows of the source, by id. */
  readonly #rows = new Map<string, Row>();
  /** Expected rows by key; unused without a key. */
  #expected = new Map<string, Row>();
  readonly #edits = new Map<ValueColumn, Partial<Column>>();
  readonly #lost = new Set<ValueColumn>();
  /** Columns that are refused on the last page of the next run only. */
  readonly #late = new Set<ValueColumn>();
  /** Teams whose first row is not sent in the next run. */
  readonly #unproven = new Set<string>();
  /** Teams that changed at each time. */
  readonly #changedIds: string[] = [];

  constructor(keyed: boolean) {
    this.#keyed = keyed;
    for (const [index, id] of ROW_IDS.entries()) this.do({ does: 'insert', id, team: TEAMS[index % TEAMS.length] ?? 't1' });
  }

  do(action: Action): void {
    switch (action.does) {
      case 'set': {
        const row = this.#rows.get(action.id);
        if (row !== undefined) this.#put({ ...row, [action.column]: action.value });
        return;
      }
      case 'insert':
        this.#remove(action.id);
        this.#put({ team: action.team, id: action.id, ...Object.fromEntries(VALUE_COLUMNS.map((name) => [name, 'x'])) });
        return;
      case 'delete':
        this.#remove(action.id);
        return;
      case 'unprove':
        this.#unproven.add(action.team);
        return;
      default:
        this.#change(action.does, action.column);
    }
  }

  /** Resets all columns; everything can be read. */
  heal(): void {
    this.#edits.clear();
    this.#lost.clear();
    this.#late.clear();
    this.#unproven.clear();
  }

  dataset(): DatasetDefinition {
    const key = this.#keyed ? ['team', 'id'] : [];
    const values = VALUE_COLUMNS.map((name) => [name, 'string'] as const);
    const base = fakeDataset({ team: 'string', id: 'string', ...Object.fromEntries(values) }, { key, countable: false });
    const columns = base.columns.map((column) => ({ ...column, ...this.#edits.get(column.name as ValueColumn) }));
    return { ...base, kind: 'relationship', parent: { path: '/teams', column: 'team' }, columns };
  }

  options(): FakeSourceOptions {
    const rows = this.#sent();
    const half = Math.ceil(rows.length / 2);
    const late = rows.slice(half).map((row) => without(row, this.#late));
    return {
      pages: [rows.slice(0, half), late],
      counts: [null],
      notRead: (index) => this.#notRead(index === 1),
      delta: {
        scope: { column: 'team', untracked: [] },
        deltaToken: `m${this.#changedIds.length}`,
        rounds: (token, withRows) => this.#round(Number(token.slice(1)), withRows),
      },
    };
  }

  /** The rows of an independent reading, by column name. */
  current(): Row[] {
    return [...this.#rows.values()].map((row) => this.#named(row, this.#selected()));
  }

  /** Expected content of the table, without nulls. */
  expected(): Row[] {
    return [...this.#expected.values()];
  }

  /** Updates the expectation after a run. */
  ran(state: DatasetReport['state']): void {
    if (state === 'done' || state === 'partial') this.#expected = this.#published();
    this.#late.clear();
    this.#unproven.clear();
  }

  #published(): Map<string, Row> {
    const read = this.#selected().filter(({ sourcePath }) => !this.#isUnread(sourcePath));
    const next = new Map([...this.#expected].filter(([, row]) => this.#unproven.has(String(row['team']))));
    for (const row of this.#sent()) {
      const key = `${row['team']} ${row['id']}`;
      const kept = Object.entries(this.#expected.get(key) ?? {}).filter(([name]) => read.every((column) => column.name !== name));
      next.set(key, { ...Object.fromEntries(kept), ...this.#named(row, read) });
    }
    return next;
  }

  #isUnread(sourcePath: string): boolean {
    return this.#lost.has(sourcePath as ValueColumn) || this.#late.has(sourcePath as ValueColumn);
  }

  #change(does: ColumnAction, column: ValueColumn): void {
    const edit = this.#edits.get(column) ?? {};
    if (does === 'deselect' || does === 'select') this.#edits.set(column, { ...edit, selected: does === 'select' });
    if (does === 'rename') this.#edits.set(column, { ...edit, name: edit.name === `new_${column}` ? column : `new_${column}` });
    if (does === 'retype') this.#edits.set(column, { ...edit, type: edit.type === 'guid' ? 'string' : 'guid' });
    if (does === 'lose') this.#lost.add(column);
    if (does === 'regain') this.#lost.delete(column);
    if (does === 'refuse-late') this.#late.add(column);
  }

  #put(row: Row): void {
    this.#rows.set(String(row['id']), row);
    this.#changedIds.push(String(row['team']));
  }

  #remove(id: string): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    this.#rows.delete(id);
    this.#changedIds.push(String(row['team']));
  }

  /** Rows as Graph sends them: without refused columns, and without the first row of each unproven team. */
  #sent(): Row[] {
    const left = new Set(this.#unproven);
    return [...this.#rows.values()].filter((row) => !left.delete(String(row['team']))).map((row) => without(row, this.#lost));
  }

  #selected(): readonly Column[] {
    return this.dataset().columns.filter(({ selected, key }) => selected || key);
  }

  #named(row: Row, columns: readonly Column[]): Row {
    const values = columns.map(({ name, sourcePath }) => [name, row[sourcePath] ?? null] as const);
    return Object.fromEntries(values.filter(([, value]) => value !== null));
  }

  #notRead(last: boolean): NotRead {
    const selected = this.#selected();
    const refused = [...this.#lost, ...(last ? this.#late : [])];
    const unread = selected
      .filter(({ sourcePath }) => refused.includes(sourcePath as ValueColumn))
      .map(({ name }) => refusal(name));
    return { unread, unproven: [...this.#unproven].map((id) => ({ id, reason: 'Hidden.' })) };
  }

  #round(from: number, withRows: boolean) {
    const changedIds = [...new Set(this.#changedIds.slice(from))];
    if (changedIds.length === 0) return null;
    const rows = this.#sent().filter((row) => changedIds.includes(String(row['team'])));
    const page = { changedIds, rows: rows.map((row) => without(row, this.#late)) };
    return { pages: [withRows ? { ...page, ...this.#notRead(true) } : page], deltaToken: `m${this.#changedIds.length}` };
  }
}

function without(row: Row, columns: ReadonlySet<string>): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !columns.has(name)));
}
