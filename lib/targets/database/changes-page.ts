import type { ChangeDto } from '#lib/domain/run/run.ts';
import type { ChangesFilter, ChangesPage } from '#lib/targets/target.ts';

/** The insert of a row that has no row of its own in the change table. */
export function insertedRow(row: Pick<ChangeDto, 'changedAt' | 'runId' | 'key' | 'after'>): ChangeDto {
  return { operation: 'insert', changedColumns: [], before: null, ...row };
}

interface ChangeReads {
  /** Changes that are recorded by one row each. */
  recorded(): Promise<ChangesPage>;
  /** Rows that the run inserted and recorded by one row `L`; null when there is none. */
  loaded(): Promise<ChangesPage | null>;
}

/** The page of changes that the filter asks for, the inserted rows first. */
export async function readChangesPage({ operation, limit }: ChangesFilter, reads: ChangeReads): Promise<ChangesPage> {
  const recorded = await reads.recorded();
  const loaded = operation === null || operation === 'insert' ? await reads.loaded() : null;
  if (loaded === null) return recorded;
  return {
    changes: [...loaded.changes, ...recorded.changes].slice(0, limit),
    total: recorded.total + loaded.total,
    loaded: loaded.total,
  };
}
