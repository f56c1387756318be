import type { z } from 'zod';
import { CATALOG } from '#lib/catalog/catalog.ts';
import { buildOrWarn } from '#lib/catalog/csdl/build-or-warn.ts';
import type { CsdlModel } from '#lib/catalog/csdl/csdl-model.ts';
import { flattenType } from '#lib/catalog/csdl/csdl-model.ts';
import type { CatalogEntry } from '#lib/catalog/entry.ts';
import { parentPermissions } from '#lib/catalog/permissions/permissions.ts';
import { isMicrosoftCloud } from '#lib/domain/connection/cloud-names.ts';
import { type Column, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { kindOfCollection } from '#lib/domain/dataset/event-dataset.ts';
import { typeColumns } from './build-columns.ts';
import { childDatasets } from './child-datasets.ts';
import { DIRECTORY_OBJECT, expandedColumns, memberColumns, parentColumns } from './member-columns.ts';
import { resolvePath } from './resolve-path.ts';

export interface BuildOptions {
  /** Name of the connection's cloud. */
  readonly cloud?: string;
  /** Called for each dataset that could not be built from the document. */
  readonly onWarning?: (message: string) => void;
  /** Version of Graph that the document is of. */
  readonly version?: 'v1.0' | 'beta';
}

/**
 * Datasets of a tenant: the catalogue joined with its $metadata, each followed by the child datasets of its nested collections. An entry
 * whose path this cloud or version lacks is left out; a property that it lacks is no column. The document takes precedence over the clouds
 * that the catalogue names, and over the catalogue's type and shape (a collection or one object).
 */
export function buildDatasets(model: CsdlModel, options: BuildOptions = {}): readonly DatasetDefinition[] {
  const { onWarning } = options;
  return CATALOG.flatMap((candidate) => {
    const dataset = buildOrWarn(`${candidate.name} (${candidate.type})`, onWarning, () => {
      const entry = entryIn(model, candidate, options);
      const columns = entry === null ? null : columnsOf(entry, model);
      return entry === null || columns === null ? null : toDefinition(entry, columns);
    });
    return dataset === null ? [] : [dataset, ...childDatasets(model, dataset, onWarning)];
  });
}

/** The entry as this document has it; null where it does not. */
function entryIn(model: CsdlModel, candidate: CatalogEntry, { cloud, version = 'v1.0' }: BuildOptions): CatalogEntry | null {
  if (candidate.betaOnly && version !== 'beta') return null;
  const { path = candidate.path } = (version === 'beta' ? candidate.beta : null) ?? {};
  const entry = { ...candidate, path };
  const target = resolvePath(model, entry.path);
  if (target === null) return null;
  const unnamed = entry.clouds !== null && cloud !== undefined && isMicrosoftCloud(cloud) && !entry.clouds.includes(cloud);
  return {
    ...entry,
    type: target.type,
    clouds: unnamed ? [...(entry.clouds ?? []), cloud] : entry.clouds,
    read: { ...entry.read, single: !target.collection },
  };
}

function toDefinition(entry: CatalogEntry, columns: readonly Column[]): DatasetDefinition {
  const { name, title, area, description, path, type, parent, permissions, clouds, filter, licence, read } = entry;
  return DatasetDefinition.parse({
    version: 2,
    name,
    title,
    area,
    description,
    kind: parent === null ? kindOfCollection({ entityType: type, columns, read }) : 'relationship',
    path,
    entityType: type,
    parent: parent === null ? null : withPermissions(entry, parent),
    permissions: permissions.delegated,
    applicationPermissions: permissions.application,
    limitedPermissions: permissions.limited,
    clouds,
    filter,
    licence,
    read,
    columns: [...columns],
  } satisfies z.input<typeof DatasetDefinition>);
}

function withPermissions(entry: CatalogEntry, parent: NonNullable<CatalogEntry['parent']>) {
  const [permissions, applicationPermissions] = [parentPermissions(entry, 'delegated'), parentPermissions(entry, 'app-only')];
  return {
    ...parent,
    ...(permissions === null ? {} : { permissions: [...permissions] }),
    ...(applicationPermissions === null ? {} : { applicationPermissions: [...applicationPermissions] }),
  };
}

function columnsOf(entry: CatalogEntry, model: CsdlModel): readonly Column[] | null {
  const { type, read, select, polymorphic, parent } = entry;
  const above = parent === null ? [] : parentColumns(parent);
  if (type === DIRECTORY_OBJECT) return flattenType(model, type) === null ? null : [...above, ...memberColumns()];
  const own = typeColumns({ model, type, read, select, polymorphic, key: entry.key });
  if (own === null) return null;
  return [...above, ...own, ...(entry.expanded && read.expand !== null ? expandedColumns(read.expand) : [])];
}
