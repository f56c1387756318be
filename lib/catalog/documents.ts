import { gunzipSync } from 'node:zlib';
import { parseCsdl } from '#lib/catalog/csdl/csdl.ts';
import { type CsdlModel, flattenType } from '#lib/catalog/csdl/csdl-model.ts';
import { diffCsdl } from '#lib/catalog/csdl/diff-csdl.ts';
import { buildAdvanced, offerAdvanced } from '#lib/catalog/datasets/advanced-datasets.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { DatasetOfferDto, DocumentDiffDto, MetadataDocument } from '#lib/domain/metadata/metadata.ts';
import { RemoteError } from '#lib/platform/errors.ts';

/** Parsed documents that are kept: those of a few clouds and versions, and one before each. A model takes some 20 MB. */
const MODELS_MAX = 4;

/** By hash, the last used last. */
const models = new Map<string, CsdlModel>();
/** What each of them offersOfDocument: walking one takes a sixth of a second. */
const offered = new WeakMap<CsdlModel, readonly DatasetOfferDto[]>();

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
export function offersOfDocument(document: MetadataDocument): readonly DatasetOfferDto[] {
  const model = load(document);
  const known = offered.get(model);
  if (known !== undefined) return known;
  const found = offerAdvanced(model);
  offered.set(model, found);
  return found;
}

/** Names of the properties of each entity type that is offered, with blanks between them: to find offersOfDocument by a column. */
export function offeredColumns(document: MetadataDocument): Readonly<Record<string, string>> {
  const model = load(document);
  const types = new Set(offersOfDocument(document).map(({ entityType }) => entityType));
  return Object.fromEntries(
    [...types].map((type) => [type, (flattenType(model, type)?.properties ?? []).map(({ name }) => name).join(' ')]),
  );
}

/** The dataset of an offer. */
export function buildOffer(document: MetadataDocument, path: string): DatasetDefinition | null {
  return buildAdvanced(load(document), path);
}

function load({ hash, gzip }: MetadataDocument): CsdlModel {
  return csdlModelOf(hash, () => gunzipSync(gzip));
}

/**
 * The model of a document, parsed once for each `hash`. A document with warnings is still of use; one without any type is none.
 * @throws RemoteError `metadata-unreadable`
 */
export function csdlModelOf(hash: string, read: () => Uint8Array): CsdlModel {
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
    title: "Graph's $metadata document contains no types.",
    detail: model.warnings[0]?.message ?? '',
    remedy: 'Generate the metadata again later. If the problem persists, check whether a proxy changes the answers of Graph.',
    fixer: 'operator',
  });
}
