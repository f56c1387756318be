import type { DatasetAccess, DatasetSummaryDto } from '#lib/domain/dataset/dataset.ts';
import type { DatasetOfferDto } from '#lib/domain/metadata/metadata.ts';

/** An entry of the dataset list: a dataset of the connection, or an offer of $metadata. */
export interface DatasetEntry {
  /** Unique in the list: the dataset's id, or the path of an offer. */
  readonly key: string;
  /** Null: an offer, not a dataset of the connection yet. */
  readonly id: string | null;
  readonly name: string;
  readonly title: string;
  readonly area: DatasetSummaryDto['area'];
  readonly kind: DatasetSummaryDto['kind'];
  readonly origin: DatasetSummaryDto['origin'];
  readonly path: string;
  /** The nested collection of a child table. */
  readonly child: DatasetSummaryDto['child'];
  readonly entityType: string;
  readonly permissions: readonly string[];
  readonly licence: string | null;
  readonly access: DatasetAccess;
  /** Why it cannot be read; null where it can. */
  readonly reason: string | null;
  readonly selected: boolean;
  readonly filtered: boolean;
  readonly pending: number;
  /** Null for an offer, whose columns are unknown before it is added. */
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
