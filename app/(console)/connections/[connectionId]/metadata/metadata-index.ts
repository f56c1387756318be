import type { DatasetOfferDto } from '#lib/domain/metadata/metadata.ts';

/** Search index of the metadata page, in addition to the datasets. */
export interface MetadataIndexDto {
  readonly offers: readonly DatasetOfferDto[];
  /** Names of columns separated by spaces, by dataset id or entity type. */
  readonly columns: Readonly<Record<string, string>>;
}
