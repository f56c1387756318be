import { gunzipSync, gzipSync } from 'node:zlib';
import { hashCsdl, parseCsdl } from '#lib/catalog/csdl/csdl.ts';
import { type CsdlModel, flattenType } from '#lib/catalog/csdl/csdl-model.ts';
import { diffCsdl } from '#lib/catalog/csdl/diff-csdl.ts';
import { buildAdvanced, offerAdvanced } from '#lib/catalog/datasets/advanced-datasets.ts';
import { buildDatasets } from '#lib/catalog/datasets/build-datasets.ts';
import type { ConnectionSession } from '#lib/domain/account/session.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { DatasetOfferDto, DocumentDiffDto, MetadataDocument } from '#lib/domain/metadata/metadata.ts';
import { RemoteError } from '#lib/platform/errors.ts';
import type { GeneratedMetadata } from '#lib/services/ports.ts';
import { type ExecutorConfig, openConnection } from '#lib/source/connect.ts';

/** $metadata of v1.0 is 3.5 MB, of beta some 8 MB. */
const BYTES_MAX = 32 * 2 ** 20;
const TIMEOUT_MS = 60_000;
/** Parsed documents that are kept: those of a few clouds and versions, and one before each. A model takes some 20 MB. */
const MODELS_MAX = 4;

/** By hash, the last used last. */
const models = new Map<string, CsdlModel>();
/** What each of them offers: walking one takes a sixth of a second. */
const offered = new WeakMap<CsdlModel, readonly DatasetOfferDto[]>();

/** $metadata of the connection's cloud and version as Graph sends it now, and the curated catalogue joined with it. */
export async function generateMetadata(config: ExecutorConfig, session: ConnectionSession): Promise<GeneratedMetadata> {
  const connection = openConnection(config, session);
  try {
    const { graph, cloud } = connection;
    const { body } = await graph.send({
      url: `${graph.baseUrl}/$metadata`,
      headers: { accept: 'application/xml' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      bytesMax: BYTES_MAX,
    });
    const hash = hashCsdl([body]);
    const model = modelOf(hash, () => body);
    const warnings = model.warnings.map(({ line, message }) => (line === 0 ? message : `line ${line}: ${message}`));
    const { name } = cloud.cloud;
    const datasets = buildDatasets(model, {
      cloud: name,
      version: cloud.version,
      onWarning: (message) => warnings.push(message),
    });
    return { document: { hash, bytes: body.byteLength, gzip: gzipSync(body), warnings }, datasets };
  } finally {
    await connection.close();
  }
}

/** What two documents differ in. */
export function diffDocuments(before: MetadataDocument, after: MetadataDocument): DocumentDiffDto {
  if (before.hash === after.hash) return { added: [], removed: [], changed: [] };
  const { types, properties, resources, enumMembers } = diffCsdl(load(before), load(after));
  const parts = [
    ['resource', resources],
    ['type', types],
    ['property', properties],
    ['enum member', enumMembers],
  ] as const;
  const named = (side: 'added' | 'removed') =>
    parts.flatMap(([kind, part]) => part[side].map((name) => ({ kind: kind as string, name })));
  const retyped = [
    ['resource', resources.retyped],
    ['property', properties.retyped],
  ] as const;
  return {
    added: named('added'),
    removed: named('removed'),
    changed: retyped.flatMap(([kind, list]) => list.map((change) => ({ kind: kind as string, ...change }))),
  };
}

/** Everything else that a document says can be listed. */
export function offers(document: MetadataDocument): readonly DatasetOfferDto[] {
  const model = load(document);
  const known = offered.get(model);
  if (known !== undefined) return known;
  const found = offerAdvanced(model);
  offered.set(model, found);
  return found;
}

/** Names of the properties of each entity type that is offered, with blanks between them: to find offers by a column. */
export function offeredColumns(document: MetadataDocument): Readonly<Record<string, string>> {
  const model = load(document);
  const types = new Set(offers(document).map(({ entityType }) => entityType));
  return Object.fromEntries(
    [...types].map((type) => [type, (flattenType(model, type)?.properties ?? []).map(({ name }) => name).join(' ')]),
  );
}

/** The dataset of an offer. */
export function buildOffer(document: MetadataDocument, path: string): DatasetDefinition | null {
  return buildAdvanced(load(document), path);
}

function load({ hash, gzip }: MetadataDocument): CsdlModel {
  return modelOf(hash, () => gunzipSync(gzip));
}

/** A document with warnings is still of use; one without any type is none. @throws RemoteError `metadata-unreadable` */
function modelOf(hash: string, read: () => Uint8Array): CsdlModel {
  const known = models.get(hash);
  const model = known ?? parseCsdl([read()]);
  if (model.entityTypes.size === 0) throw unreadable(model);
  models.delete(hash);
  models.set(hash, model);
  for (const old of models.keys()) if (models.size > MODELS_MAX) models.delete(old);
  return model;
}

function unreadable(model: CsdlModel): RemoteError {
  return new RemoteError({
    code: 'metadata-unreadable',
    title: "Graph's $metadata holds no types.",
    detail: model.warnings[0]?.message ?? '',
    remedy: 'Generate the metadata again later. If it stays, a proxy may change the answer.',
    fixer: 'operator',
  });
}
