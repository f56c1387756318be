import { createHash } from 'node:crypto';
import { checkDraft } from './csdl-check.ts';
import type { CsdlModel } from './csdl-model.ts';
import { CsdlReader } from './csdl-reader.ts';

/**
 * Reads a CSDL XML document (OData CSDL XML 4.01) in one pass, in chunks of any size: bytes are UTF-8 with or without byte order mark.
 * Never throws because of the content: wrong or unknown parts are listed in `warnings`, the rest is used.
 */
export function parseCsdl(chunks: Iterable<string | Uint8Array>): CsdlModel {
  const parser = createCsdlParser();
  for (const chunk of chunks) parser.write(chunk);
  return parser.end();
}

/** As parseCsdl, for chunks as they arrive. */
export function createCsdlParser(): { write(chunk: string | Uint8Array): void; end(): CsdlModel } {
  const reader = new CsdlReader();
  const decoder = new TextDecoder();
  return {
    write: (chunk) => reader.write(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })),
    end: () => {
      reader.write(decoder.decode());
      return checkDraft(reader.end());
    },
  };
}

/** SHA-256 of a document, lower-case hex: two documents are the same when their hashes are. */
export function hashCsdl(chunks: Iterable<string | Uint8Array>): string {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}
