import type { DatasetOfferDto } from '#lib/domain/metadata/metadata.ts';

/** What the search of the metadata page needs beyond the datasets themselves. */
export interface MetadataIndexDto {
  readonly offers: readonly DatasetOfferDto[];
  /** Names of columns with blanks between them, by dataset id and by entity type. */
  readonly columns: Readonly<Record<string, string>>;
}
