import { createCsdlParser, parseCsdl } from '#lib/catalog/csdl/csdl.ts';

export interface MetadataFigures {
  readonly documentBytes: number;
  readonly types: number;
  readonly warnings: number;
  /** Median duration, milliseconds on one core. */
  readonly parseMs: number;
  /** Maximum growth of resident memory while parsing in chunks, bytes. */
  readonly peakBytes: number;
}

const CHUNK_BYTES = 64 * 1024;

/** Parses a CSDL document several times: as a whole for the duration, and in chunks for the memory. */
export function measureMetadata(document: Uint8Array, runs = 5): MetadataFigures {
  const before = process.memoryUsage().rss;
  let peak = before;
  const parser = createCsdlParser();
  for (let at = 0; at < document.length; at += CHUNK_BYTES) {
    parser.write(document.subarray(at, at + CHUNK_BYTES));
    peak = Math.max(peak, process.memoryUsage().rss);
  }
  const model = parser.end();
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    parseCsdl([document]);
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return {
    documentBytes: document.length,
    types: model.entityTypes.size + model.complexTypes.size + model.enumTypes.size,
    warnings: model.warnings.length,
    parseMs: Math.round(times[times.length >> 1] ?? 0),
    peakBytes: Math.max(peak, process.memoryUsage().rss) - before,
  };
}

/** The figures as lines for a terminal. */
export function formatMetadata({ documentBytes, types, warnings, parseMs, peakBytes }: MetadataFigures): string {
  const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);
  return [
    `metadata: parsing $metadata of v1.0; ${mb(documentBytes)} MB, ${types} types, ${warnings} warnings`,
    `  ${parseMs} ms (median, one core), ${mb(peakBytes)} MB more resident memory at most`,
    '',
  ].join('\n');
}
