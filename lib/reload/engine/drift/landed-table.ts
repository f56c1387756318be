import { z } from 'zod';
import { type Column, ColumnType } from '#lib/domain/dataset/dataset.ts';
import type { DriftDecision } from '#lib/domain/run/drift.ts';
import type { UnreadColumn } from '#lib/domain/run/run.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';

/** What a publish records of a column: a later run recognises it by its property, whatever its name is then. */
export const RecordedColumn = z.object({ name: z.string(), sourcePath: z.string(), type: ColumnType });
export type RecordedColumn = z.infer<typeof RecordedColumn>;

/** A data column of a landed table. */
export interface LandedColumn {
  readonly name: string;
  /** In the words of the target. */
  readonly type: string;
  /** Null: a person made the column, or a version of Entrada that recorded none. */
  readonly recorded: RecordedColumn | null;
}

/** The landed table of a dataset, or its latest files, as the next publish finds it. */
export interface LandedTable {
  /** For people: `hr.users`. */
  readonly label: string;
  readonly columns: readonly LandedColumn[];
  /** The publish makes it anew with the columns of the plan. */
  readonly isReplaced: boolean;
  /** `at-end`: rows are written with the old names, and the publish renames the columns last. `written`: rows are written with the new names. */
  readonly renames: 'at-end' | 'written' | 'never';
  /** Whether a column can be dropped. */
  readonly drops: boolean;
  /** Whether names that differ in case only are one column. */
  readonly ignoresCase: boolean;
  /** Whether values of a type that fits into that of the table are converted when they are written. Otherwise they are read as that type. */
  readonly converts: boolean;
  /** Type of a column in the words of the target. */
  typeOf(column: Column): string;
  /** Whether every value of one type is a value of the other. */
  fits(from: string, to: string): boolean;
}

/** Whether a column of a landed table is Entrada's own. */
export function isEntradaColumn(name: string): boolean {
  return name.startsWith('hdr__');
}

/** The data columns of a table, each with what is recorded of it. */
export function landedColumns(types: ReadonlyMap<string, string>, records: readonly RecordedColumn[]): readonly LandedColumn[] {
  const known = new Map(records.map((record) => [record.name, record]));
  return [...types]
    .filter(([name]) => !isEntradaColumn(name))
    .map(([name, type]) => ({ name, type, recorded: known.get(name) ?? null }));
}

interface Written {
  /** With the columns that were read, with the names that they were written with. */
  readonly plan: DatasetPlan;
  readonly unread: readonly UnreadColumn[];
  readonly drift?: readonly DriftDecision[] | undefined;
}

/**
 * What the next run has to know of the columns: those of this run under their names after it, and those recorded before that the table had when it
 * was found. A column that this run drops or renames stays recorded until then: a run that dies before it does so is made good by the next one.
 */
export function recordOf(
  { plan, unread, drift = [] }: Written,
  before: readonly RecordedColumn[],
  found: ReadonlySet<string>,
): readonly RecordedColumn[] {
  const names = new Map(drift.flatMap(({ action, from, column }) => (action === 'renamed' ? [[from, column] as const] : [])));
  const isUnread = new Set(unread.map(({ name }) => name));
  const read = new Set(plan.columns.map(({ name }) => name));
  const left = plan.dataset.columns.filter(({ name }) => isUnread.has(name) && !read.has(name));
  const now = [...plan.columns, ...left].map(({ name, sourcePath, type }) => ({
    name: names.get(name) ?? name,
    sourcePath,
    type,
  }));
  const taken = new Set(now.map(({ name }) => name));
  return [...now, ...before.filter(({ name }) => found.has(name) && !taken.has(name))];
}
