import { stat } from 'node:fs/promises';
import type { StagedParts } from '#lib/reload/engine/staged-rows.ts';

/** Maximum number of rows per file: some tens of megabytes of Parquet for directory objects. */
const FILE_ROWS = 1_000_000;
/** Staged parts with fewer rows are joined with others in one file. */
const PART_ROWS_MIN = 8_000;

/** Content of one file of the lake. */
export interface FileContent {
  readonly parts: readonly string[];
  readonly replayed: boolean;
  readonly rows: number;
  /** Path of the staged part that becomes the file; null: the file has to be written. */
  readonly readyFile: string | null;
}

interface Gathered extends FileContent {
  readonly bytes: number;
}

const NOTHING: Gathered = { parts: [], replayed: false, rows: 0, readyFile: null, bytes: 0 };

/**
 * Assigns rows to files. With `adopts` a staged part that is complete and large enough becomes a file unchanged; others are
 * joined, up to `bytesMax` of staged Parquet. A part has all selected columns, so it is not used when one could not be read. An empty
 * dataset has one empty file, which contains the schema.
 */
export async function planFiles(
  staged: StagedParts,
  { adopts, bytesMax }: { readonly adopts: boolean; readonly bytesMax: number },
): Promise<readonly FileContent[]> {
  const files: FileContent[] = [];
  let gathered: Gathered = { ...NOTHING, replayed: staged.replayed > 0, rows: staged.replayed };
  for (const { file, rows, complete: whole } of staged.parts) {
    if (adopts && whole && rows >= PART_ROWS_MIN) {
      files.push({ parts: [file], replayed: false, rows, readyFile: file });
      continue;
    }
    const { size } = await stat(file);
    if (gathered.rows > 0 && (gathered.rows + rows > FILE_ROWS || gathered.bytes + size > bytesMax)) {
      files.push(gathered);
      gathered = NOTHING;
    }
    gathered = { ...gathered, parts: [...gathered.parts, file], rows: gathered.rows + rows, bytes: gathered.bytes + size };
  }
  return gathered.rows > 0 || files.length === 0 ? [...files, gathered] : files;
}
