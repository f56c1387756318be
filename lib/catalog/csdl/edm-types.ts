import { COLUMN_TYPE_OF_EDM } from '#lib/domain/dataset/column-type.ts';
import type { ColumnType } from '#lib/domain/dataset/dataset.ts';

/** Column type of an EDM type; null for streams, which a list never carries. Enums are their member names; all else is JSON. */
export function columnTypeOf(edmType: string, enumTypes: ReadonlyMap<string, unknown>): ColumnType | null {
  if (edmType === 'Edm.Stream') return null;
  return COLUMN_TYPE_OF_EDM[edmType] ?? (enumTypes.has(edmType) ? 'string' : 'json');
}
