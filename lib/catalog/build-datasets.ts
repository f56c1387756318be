import type { z } from 'zod';
import { type Column, DatasetDefinition } from '#lib/domain/dataset.ts';
import { typeColumns } from './build-columns.ts';
import { CATALOG } from './catalog.ts';
import { childDatasets } from './child-datasets.ts';
import type { CsdlModel } from './csdl-model.ts';
import { flattenType } from './csdl-model.ts';
import type { CatalogEntry } from './entry.ts';
import { isolated } from './isolated.ts';
import { DIRECTORY_OBJECT, expandedColumns, memberColumns, parentColumns } from './member-columns.ts';
import { parentPermissions } from './permissions.ts';

export interface BuildOptions {
  /** Name of the connection's cloud: what it doesn't have is left out. None: as if it had everything. */
  readonly cloud?: string;
  /** Told of each dataset that could not be made of what the document says. */
  readonly onWarning?: (message: string) => void;
}

/**
 * Datasets of a tenant: the catalogue joined with its $metadata, each followed by the child datasets of its nested collections. An entry
 * whose type this cloud or version doesn't have is left out; a property that it doesn't have is no column.
 */
export function buildDatasets(model: CsdlModel, { cloud, onWarning }: BuildOptions = {}): readonly DatasetDefinition[] {
  return CATALOG.filter(({ clouds }) => cloud === undefined || clouds === null || clouds.includes(cloud)).flatMap((entry) => {
    const dataset = isolated(`${entry.name} (${entry.type})`, onWarning, () => {
      const columns = columnsOf(entry, model);
      return columns === null ? null : toDefinition(entry, columns);
    });
    return dataset === null ? [] : [dataset, ...childDatasets(model, dataset, onWarning)];
  });
}

function toDefinition(entry: CatalogEntry, columns: readonly Column[]): DatasetDefinition {
  const { name, title, area, description, path, type, parent, permissions, clouds, filter, licence, read } = entry;
  return DatasetDefinition.parse({
    version: 1,
    name,
    title,
    area,
    description,
    kind: parent === null ? 'entity' : 'relationship',
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
  const own = typeColumns({ model, type, read, select, polymorphic });
  if (own === null) return null;
  return [...above, ...own, ...(entry.expanded && read.expand !== null ? expandedColumns(read.expand) : [])];
}
