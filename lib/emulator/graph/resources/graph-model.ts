import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseCsdl } from '#lib/catalog/csdl/csdl.ts';
import type { CsdlModel } from '#lib/catalog/csdl/csdl-model.ts';
import { toBeta } from '#lib/emulator/graph/beta.ts';

let model: CsdlModel | undefined;

/** The document that `$metadata` of a version returns. */
export function readMetadata(version: 'v1.0' | 'beta' = 'v1.0'): Buffer {
  const document = gunzipSync(readFileSync(join(import.meta.dirname, '..', 'metadata', 'graph-v1.0.xml.gz')));
  return version === 'beta' ? toBeta(document) : document;
}

/** The parsed $metadata of v1.0; parsed at the first call. */
export function graphModel(): CsdlModel {
  model ??= parseCsdl([readMetadata()]);
  return model;
}
