import { buildOffer, diffDocuments } from '#lib/catalog/documents.ts';
import { mayBeRead } from '#lib/domain/access/access.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { mergeDefinition } from '#lib/domain/metadata/merge-metadata.ts';
import type { GeneratedMetadata, MetadataDocument } from '#lib/domain/metadata/metadata.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { withSourceConnection } from '#lib/services/credential/with-source-connection.ts';
import { lockConnection, setMetadataGenerated } from '#lib/store/connection/connections.ts';
import {
  type DatasetRow,
  findTasksOfDatasets,
  insertDatasets,
  listAllDatasetRows,
  updateDataset,
} from '#lib/store/metadata/datasets.ts';
import {
  dropDifferences,
  type FoundDifference,
  type KnownDifference,
  listKnownDifferences,
  saveDifference,
} from '#lib/store/metadata/metadata-differences.ts';
import { findDocument, saveDocument } from '#lib/store/metadata/metadata-documents.ts';
import { forgetRevisions } from '#lib/store/metadata/metadata-revisions.ts';
import { requireConnection } from '../connection/require-connection.ts';
import type { SourceContext } from '../context.ts';
import { write } from '../write.ts';
import { grantedOf } from './require-dataset.ts';

/** Selected initially in a new connection, where the token may read them. */
const SELECTED_AT_FIRST: ReadonlySet<string> = new Set(['users', 'groups', 'group_members']);

/**
 * Reads $metadata from Graph and merges it into the connection's datasets: edits by people stay, new datasets and columns are added,
 * and gone ones stay, since tasks may use them. All of these are differences for a person to decide, except in a connection without
 * earlier metadata. Returns the differences of this generation.
 */
export async function refreshMetadata(ctx: SourceContext, connectionId: string): Promise<readonly FoundDifference[]> {
  const connection = await requireConnection(ctx, connectionId);
  const generated = await withSourceConnection(ctx, connection, (at) =>
    ctx.executor(connection).generateMetadata({ connection: at }),
  );
  const before = await findDocument(ctx.db, connectionId);
  const document = toDocument(generated);
  const diff = before === null ? null : diffDocuments(before, document);
  return write(ctx, async (tx, audit) => {
    if (!(await lockConnection(tx, connectionId))) throw new NotFoundError('connection');
    const at = ctx.clock.now();
    await saveDocument(tx, connectionId, document, { at, diff });
    const rows = await listAllDatasetRows(tx, connectionId);
    const suggest = (definition: DatasetDefinition) =>
      rows.length === 0 && SELECTED_AT_FIRST.has(definition.name) && mayBeRead(definition, grantedOf(connection));
    const found = await mergeAll(tx, { connectionId, rows, datasets: generated.datasets, document, suggest });
    for (const difference of found) await saveDifference(tx, connectionId, difference, at);
    await setMetadataGenerated(tx, connectionId, at);
    await audit({
      action: 'connection.generate-metadata',
      subjectId: connectionId,
      detail: { datasets: generated.datasets.length, differences: found.length },
    });
    return found;
  });
}

function toDocument({ document: { gzipBase64, ...document } }: GeneratedMetadata): MetadataDocument {
  return { ...document, gzip: Buffer.from(gzipBase64, 'base64') };
}

interface Merge {
  readonly connectionId: string;
  readonly rows: readonly DatasetRow[];
  readonly datasets: readonly DatasetDefinition[];
  readonly document: MetadataDocument;
  readonly suggest: (definition: DatasetDefinition) => boolean;
}

async function mergeAll(tx: Tx, { connectionId, rows, datasets, document, suggest }: Merge): Promise<FoundDifference[]> {
  const source = 'metadata' as const;
  const whole = { sourcePath: null, before: null, after: null, source };
  const tasks = await findTasksOfDatasets(tx, connectionId);
  const known = await listKnownDifferences(tx, connectionId);
  const offered = new Map(datasets.map((definition) => [definition.name, definition]));
  const names = new Set(rows.map((row) => row.name));
  const fresh = datasets.filter(({ name }) => !names.has(name));
  const added = fresh.map((definition) => ({ definition, selected: suggest(definition), generated: definition }));
  const ids = await insertDatasets(tx, connectionId, added);
  const found = rows.length === 0 ? [] : ids.map((datasetId): FoundDifference => ({ datasetId, kind: 'dataset-new', ...whole }));
  const settled: string[] = [];
  let changed = false;
  for (const row of rows) {
    const next = offered.get(row.name) ?? offerOf(document, row);
    const own = known.filter(({ datasetId }) => datasetId === row.id);
    if (next === null) {
      const decided = own.some(({ kind, decision }) => kind === 'dataset-gone' && decision !== null);
      const generatedOnce = row.generated !== null || row.definition.origin !== 'import';
      if (generatedOnce && !row.removed && !decided) found.push({ datasetId: row.id, kind: 'dataset-gone', ...whole });
      continue;
    }
    const { differences, ...merged } = mergeDefinition(row.definition, row.generated, next, { selectNew: !tasks.has(row.id) });
    const edited = !alike(merged.definition, row.definition);
    if (edited || !alike(merged.generated, row.generated)) await updateDataset(tx, row.id, merged);
    changed ||= edited;
    settled.push(...own.filter((difference) => isSettled(difference, next)).map(({ id }) => id));
    for (const difference of differences) found.push({ datasetId: row.id, source, ...difference });
  }
  await dropDifferences(tx, settled);
  // Earlier edits refer to other definitions: undoing them would also undo the generation.
  if (changed) await forgetRevisions(tx, connectionId);
  return found;
}

function alike(one: DatasetDefinition, other: DatasetDefinition | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Whether a stored difference no longer exists, e.g. a gone column came back. */
function isSettled({ kind, sourcePath }: KnownDifference, next: DatasetDefinition): boolean {
  return kind === 'dataset-gone' || (kind === 'column-gone' && next.columns.some((column) => column.sourcePath === sourcePath));
}

/** A dataset that a person added from $metadata, as the new document defines it; null when it is gone, or was never from $metadata. */
function offerOf(document: MetadataDocument, { definition }: DatasetRow): DatasetDefinition | null {
  if (definition.origin !== 'advanced') return null;
  const offer = buildOffer(document, definition.path);
  return offer === null ? null : { ...offer, name: definition.name };
}
