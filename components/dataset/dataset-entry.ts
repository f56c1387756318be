import type { DatasetAccess, DatasetSummaryDto } from '#lib/domain/dataset/dataset.ts';
import type { DatasetOfferDto } from '#lib/domain/metadata/metadata.ts';

/** A line of the dataset list: a dataset of the connection, or something of $metadata that could become one. */
export interface DatasetEntry {
  /** Unique in the list: the dataset's id, or the path of an offer. */
  readonly key: string;
  /** Null: offered, not part of the connection yet. */
  readonly id: string | null;
  readonly name: string;
  readonly title: string;
  readonly area: DatasetSummaryDto['area'];
  readonly kind: DatasetSummaryDto['kind'];
  readonly origin: DatasetSummaryDto['origin'];
  readonly path: string;
  /** The nested collection that a child table is made of. */
  readonly child: DatasetSummaryDto['child'];
  readonly entityType: string;
  readonly permissions: readonly string[];
  readonly licence: string | null;
  readonly access: DatasetAccess;
  /** What stands in the way, in words; null where nothing does. */
  readonly reason: string | null;
  readonly selected: boolean;
  readonly filtered: boolean;
  readonly pending: number;
  /** Null for an offer: its columns are read when it is added. */
  readonly columnCount: number | null;
}

export function entryOfDataset(dataset: DatasetSummaryDto): DatasetEntry {
  const { id, name, title, area, kind, origin, path, child, entityType, permissions, licence, access } = dataset;
  return {
    key: id,
    id,
    ...{ name, title, area, kind, origin, path, child, entityType, permissions, licence, access },
    reason: reasonOf(dataset),
    selected: dataset.selected,
    filtered: dataset.filtered,
    pending: dataset.pending,
    columnCount: dataset.columnCount,
  };
}

export function entryOfOffer(offer: DatasetOfferDto): DatasetEntry {
  const { path, name, title, area, entityType, kind, origin, permissions } = offer;
  return {
    key: path,
    id: null,
    ...{ name, title, area, kind, origin, path, entityType, permissions },
    child: null,
    licence: null,
    access: 'unknown',
    reason: null,
    selected: false,
    filtered: false,
    pending: 0,
    columnCount: null,
  };
}

function reasonOf({ access, accessDetail, permissions, licence }: DatasetSummaryDto): string | null {
  if (accessDetail.reason !== null) return accessDetail.reason;
  if (access === 'missing-permission') return `Missing permission: ${permissions.join(' or ')}`;
  return access === 'granted' && licence !== null && accessDetail.probedAt === null ? `Needs ${licence}` : null;
}
