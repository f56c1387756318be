import { createHash } from 'node:crypto';
import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { ImportPreviewDto } from '#lib/domain/metadata/metadata.ts';
import { diffDataset, fromFile, type NamedDefinition } from '#lib/domain/metadata/metadata-file.ts';
import { ConflictError, InvalidInputError } from '#lib/platform/errors.ts';
import { requireConnection } from '#lib/services/connection/require-connection.ts';
import type { Call } from '#lib/services/context.ts';
import { editMetadata, type MetadataChange } from '#lib/services/metadata/edit-metadata.ts';
import { requireRole } from '#lib/services/require-role.ts';
import { type DatasetRow, listAllDatasetRows } from '#lib/store/metadata/datasets.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import { FILE_CHARS_MAX } from './read-file.ts';
import { readFileInThread } from './read-file-in-thread.ts';

const Text = z.string().max(FILE_CHARS_MAX, `A file may have at most ${FILE_CHARS_MAX} characters.`);

export const PreviewImportInput = z.object({ connectionId: idSchema('conn'), text: Text });
export type PreviewImportInput = z.input<typeof PreviewImportInput>;

/** The changes that an import of a file would make, or all mistakes in it with their positions. Changes nothing. */
export async function previewImport({ ctx, input }: Call<PreviewImportInput>): Promise<ImportPreviewDto> {
  requireRole(ctx, 'editor');
  const { connectionId, text } = PreviewImportInput.parse(input);
  await requireConnectionAccess(ctx, 'edit', { connectionId });
  await requireConnection(ctx, connectionId);
  const read = await readFileInThread(text);
  const rows = await listAllDatasetRows(ctx.db, connectionId);
  if (read.ok) return compare(rows, fromFile(read.file));
  return { problems: [...read.problems], datasets: [], untouched: [], basis: basisOf(rows) };
}

/** Compares a file with the present metadata. */
function compare(rows: readonly DatasetRow[], wanted: readonly NamedDefinition[]): ImportPreviewDto {
  const known = new Map(rows.filter((row) => !row.removed).map((row) => [row.name, row]));
  const named = new Set(wanted.map(({ definition }) => definition.name));
  return {
    problems: [],
    datasets: wanted.map((dataset) => diffDataset(known.get(dataset.definition.name) ?? null, dataset)),
    untouched: [...known.keys()].filter((name) => !named.has(name)),
    basis: basisOf(rows),
  };
}

export const ApplyImportInput = z.object({
  connectionId: idSchema('conn'),
  text: Text,
  /** From the preview: metadata that changed since then is not overwritten. Null = no check. */
  basis: z.string().nullable().default(null),
});
export type ApplyImportInput = z.input<typeof ApplyImportInput>;

/**
 * Imports a file: its datasets replace those of the connection, datasets that it omits stay. One edit, which Undo reverts. Returns
 * the changes, with the basis of the new metadata.
 * @throws InvalidInputError `import-broken` with the first problem and its position; ConflictError `edited-since`.
 */
export async function applyImport({ ctx, input }: Call<ApplyImportInput>): Promise<ImportPreviewDto> {
  requireRole(ctx, 'editor');
  const { connectionId, text, basis } = ApplyImportInput.parse(input);
  await requireConnectionAccess(ctx, 'edit', { connectionId });
  await requireConnection(ctx, connectionId);
  const read = await readFileInThread(text);
  if (!read.ok) throw broken(read.problems);
  const wanted = fromFile(read.file);
  let change: ImportPreviewDto | undefined;
  await editMetadata(ctx, connectionId, {
    label: `Import ${wanted.length} ${wanted.length === 1 ? 'dataset' : 'datasets'}`,
    action: 'metadata.import',
    subjectId: connectionId,
    detail: { datasets: wanted.map(({ definition }) => definition.name).slice(0, 500) },
    run: (rows) => {
      if (basis !== null && basisOf(rows) !== basis) throw editedSince();
      change = compare(rows, wanted);
      return toChange(rows, wanted);
    },
  });
  const now = await listAllDatasetRows(ctx.db, connectionId);
  return { ...(change ?? compare(now, wanted)), basis: basisOf(now) };
}

function toChange(rows: readonly DatasetRow[], wanted: readonly NamedDefinition[]): MetadataChange {
  const known = new Map(rows.map((row) => [row.name, row]));
  const changes: { row: DatasetRow; to: { definition: NamedDefinition['definition']; selected: boolean; removed: boolean } }[] =
    [];
  const added: { definition: NamedDefinition['definition']; selected: boolean; generated: null }[] = [];
  for (const { definition, selected } of wanted) {
    const row = known.get(definition.name);
    if (row === undefined) added.push({ definition, selected, generated: null });
    else changes.push({ row, to: { definition, selected, removed: false } });
  }
  return { changed: changes, added };
}

/** A digest of the present metadata, which changes when it changes. */
function basisOf(rows: readonly DatasetRow[]): string {
  const hash = createHash('sha256');
  for (const { id, selected, removed, definition } of rows) hash.update(JSON.stringify([id, selected, removed, definition]));
  return hash.digest('hex');
}

function broken(problems: readonly { path: string; line: number | null; message: string; remedy: string }[]): InvalidInputError {
  const [first] = problems;
  const place = [first?.path, first?.line === null || first?.line === undefined ? '' : `line ${first.line}`].filter(Boolean);
  const more = problems.length > 1 ? ` The file has ${problems.length - 1} more errors.` : '';
  return new InvalidInputError({
    code: 'import-broken',
    title: `${place.length === 0 ? '' : `${place.join(', ')}: `}${first?.message ?? 'The file cannot be read.'}`,
    detail: `Nothing was imported.${more}`,
    remedy: first?.remedy ?? 'Export metadata to see an example of a file.',
    fixer: 'you',
    field: 'text',
  });
}

function editedSince(): ConflictError {
  return new ConflictError({
    code: 'edited-since',
    title: 'The metadata has changed since the page showed the differences.',
    remedy: 'Check the differences again, then import.',
    fixer: 'you',
  });
}
