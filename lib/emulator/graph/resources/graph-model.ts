import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseCsdl } from '#lib/catalog/csdl/csdl.ts';
import type { CsdlModel } from '#lib/catalog/csdl/csdl-model.ts';
import { toBeta } from '#lib/emulator/graph/beta.ts';

let model: CsdlModel | undefined;

/** The document that `$metadata` of a version answers. */
export function readMetadata(version: 'v1.0' | 'beta' = 'v1.0'): Buffer {
  const document = gunzipSync(readFileSync(join(import.meta.dirname, '..', 'metadata', 'graph-v1.0.xml.gz')));
  return version === 'beta' ? toBeta(document) : document;
}

/** What that of v1.0 says; parsed at the first question. */
export function graphModel(): CsdlModel {
  model ??= parseCsdl([readMetadata()]);
  return model;
}
