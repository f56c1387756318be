import type { DocumentDiffDto, DocumentDto, MetadataDocument } from '#lib/domain/metadata/metadata.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { toJson } from '#lib/store/json.ts';

export async function findDocument(db: Db | Tx, connectionId: string): Promise<MetadataDocument | null> {
  const row = await db.connectionMetadata.findUnique({
    where: { connectionId },
    select: { hash: true, bytes: true, document: true, warnings: true },
  });
  if (row === null) return null;
  return { hash: row.hash, bytes: row.bytes, gzip: row.document, warnings: row.warnings as unknown as readonly string[] };
}

export interface DocumentFacts {
  readonly document: DocumentDto;
  readonly previous: DocumentDto | null;
  readonly diff: DocumentDiffDto | null;
  readonly warnings: readonly string[];
}

/** Facts of the stored documents, without their content. */
export async function findDocumentFacts(db: Db | Tx, connectionId: string): Promise<DocumentFacts | null> {
  const row = await db.connectionMetadata.findUnique({ where: { connectionId }, omit: { document: true } });
  if (row === null) return null;
  const { previousHash, previousBytes, previousFetchedAt } = row;
  const previous =
    previousHash === null || previousBytes === null || previousFetchedAt === null
      ? null
      : { hash: previousHash, bytes: previousBytes, fetchedAt: previousFetchedAt.toISOString() };
  return {
    document: { hash: row.hash, bytes: row.bytes, fetchedAt: row.fetchedAt.toISOString() },
    previous,
    diff: row.diff as DocumentDiffDto | null,
    warnings: row.warnings as unknown as readonly string[],
  };
}

/** Stores a new document; `diff`: its differences from the previous one. */
export async function saveDocument(
  tx: Tx,
  connectionId: string,
  document: MetadataDocument,
  change: { readonly at: Date; readonly diff: DocumentDiffDto | null },
): Promise<void> {
  const before = await tx.connectionMetadata.findUnique({ where: { connectionId }, omit: { document: true } });
  const data = {
    hash: document.hash,
    bytes: document.bytes,
    document: new Uint8Array(document.gzip),
    warnings: [...document.warnings],
    fetchedAt: change.at,
    ...(before === null ? {} : { previousHash: before.hash, previousBytes: before.bytes, previousFetchedAt: before.fetchedAt }),
    ...(change.diff === null ? {} : { diff: toJson(change.diff) }),
  };
  await tx.connectionMetadata.upsert({
    where: { connectionId },
    create: { connectionId, ...data },
    update: data,
    select: { connectionId: true },
  });
}
