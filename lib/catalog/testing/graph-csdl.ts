import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parseCsdl } from '#lib/catalog/csdl/csdl.ts';

/** The $metadata of Graph v1.0 as Microsoft published it (the emulator's own copy). */
export const graphCsdl: Uint8Array = gunzipSync(readFileSync('lib/emulator/graph/metadata/graph-v1.0.xml.gz'));

export const graphModel = parseCsdl([graphCsdl]);
