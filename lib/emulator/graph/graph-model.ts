import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseCsdl } from '#lib/catalog/csdl.ts';
import type { CsdlModel } from '#lib/catalog/csdl-model.ts';

let model: CsdlModel | undefined;

/** The document that `$metadata` answers. */
export function readMetadata(): Buffer {
  return gunzipSync(readFileSync(join(import.meta.dirname, 'metadata', 'graph-v1.0.xml.gz')));
}

/** What it says; parsed at the first question. */
export function graphModel(): CsdlModel {
  model ??= parseCsdl([readMetadata()]);
  return model;
}
