import { stringify } from 'yaml';
import { z } from 'zod';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { toJsonSchema } from '#lib/domain/dataset/row-json-schema.ts';
import { idSchema } from '#lib/domain/id.ts';
import { type ExportDto, ExportFormat } from '#lib/domain/metadata/metadata.ts';
import { toFile } from '#lib/domain/metadata/metadata-file.ts';
import { LandingSettings, SchemaName, suggestNamespace } from '#lib/domain/task/task.ts';
import { InvalidInputError, NotFoundError } from '#lib/platform/errors.ts';
import { requireConnection } from '#lib/services/connection/require-connection.ts';
import type { Call } from '#lib/services/context.ts';
import { requireRole } from '#lib/services/require-role.ts';
import { type DatasetRow, listDatasetRows } from '#lib/store/metadata/datasets.ts';
import { BUILT_IN_TARGETS } from '#lib/store/run/targets.ts';
import { findTargetModule } from '#lib/targets/registry.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';

export const ExportMetadataInput = z.object({
  connectionId: idSchema('conn'),
  format: ExportFormat,
  /** Null: all datasets for JSON and YAML, the selected ones for DDL and JSON Schema. */
  datasetIds: z.array(idSchema('ds')).min(1).max(5000).nullable().default(null),
  /** Schema of the tables, for DDL; null = derived from the connection's name. */
  schema: SchemaName.nullable().default(null),
  /** For DDL: the update method of the tables, and whether they have a history. */
  method: z.enum(['reload-and-compare', 'full-load']).default('reload-and-compare'),
  history: z.boolean().default(false),
});
export type ExportMetadataInput = z.input<typeof ExportMetadataInput>;

/**
 * Metadata as a file: `json` and `yaml` can be imported (docs/metadata-format.md), `ddl` has the tables that a reload creates in PostgreSQL,
 * `json-schema` describes the rows (2020-12).
 * @throws NotFoundError; InvalidInputError `nothing-selected`.
 */
export async function exportMetadata({ ctx, input }: Call<ExportMetadataInput>): Promise<ExportDto> {
  requireRole(ctx, 'viewer');
  const wanted = ExportMetadataInput.parse(input);
  await requireConnectionAccess(ctx, 'use', wanted);
  const connection = await requireConnection(ctx, wanted.connectionId);
  const rows = choose(await listDatasetRows(ctx.db, wanted.connectionId), wanted);
  const namespace = suggestNamespace(connection.name);
  const { mediaType, extension } = FILES[wanted.format];
  return { fileName: `${namespace}.${extension}`, mediaType, text: write(rows, { ...wanted, name: connection.name, namespace }) };
}

const FILES = {
  json: { mediaType: 'application/json', extension: 'metadata.json' },
  yaml: { mediaType: 'application/yaml', extension: 'metadata.yaml' },
  ddl: { mediaType: 'application/sql', extension: 'sql' },
  'json-schema': { mediaType: 'application/schema+json', extension: 'schema.json' },
} satisfies Record<ExportFormat, { readonly mediaType: string; readonly extension: string }>;

type Wanted = z.output<typeof ExportMetadataInput>;

function choose(rows: readonly DatasetRow[], { datasetIds, format }: Wanted): readonly DatasetRow[] {
  if (datasetIds !== null) {
    const ids = new Set<string>(datasetIds);
    const found = rows.filter(({ id }) => ids.has(id));
    if (found.length !== ids.size) throw new NotFoundError('dataset');
    return found;
  }
  const chosen = format === 'json' || format === 'yaml' ? rows : rows.filter(({ selected }) => selected);
  if (chosen.length > 0) return chosen;
  throw new InvalidInputError({
    code: 'nothing-selected',
    title: 'No dataset is selected.',
    remedy: 'Select the datasets to export on the connection metadata page.',
    fixer: 'you',
    field: 'datasetIds',
  });
}

/** The tables that a reload creates in PostgreSQL, the only dialect for export. */
function tablesOf(
  definitions: readonly DatasetDefinition[],
  { schema, namespace, method, history }: Wanted & { namespace: string },
): string {
  const settings = LandingSettings.parse({ schema: schema ?? namespace, history });
  const ddl = findTargetModule('postgres').ddl(definitions, { method, targetId: BUILT_IN_TARGETS.landing.id, settings });
  return ddl ?? '';
}

function write(rows: readonly DatasetRow[], wanted: Wanted & { name: string; namespace: string }): string {
  const definitions = rows.map((row) => row.definition);
  switch (wanted.format) {
    case 'json':
      return `${JSON.stringify(toFile(rows), null, 2)}\n`;
    case 'yaml':
      // Long texts stay on one line, so that a wrapped line is no difference between two files.
      return stringify(toFile(rows), { lineWidth: 0, aliasDuplicateObjects: false });
    case 'ddl':
      return tablesOf(definitions, wanted);
    case 'json-schema':
      return `${JSON.stringify(toJsonSchema(`Rows of ${wanted.name}`, definitions), null, 2)}\n`;
  }
}
