import { gzipSync } from 'node:zlib';
import { hashCsdl } from '#lib/catalog/csdl/csdl.ts';
import { buildDatasets } from '#lib/catalog/datasets/build-datasets.ts';
import { csdlModelOf } from '#lib/catalog/documents.ts';
import type { SourceConnection } from '#lib/domain/account/session.ts';
import type { GeneratedMetadata } from '#lib/domain/metadata/metadata.ts';
import { openConnection, type SourceConfig } from '#lib/source/connect.ts';

/** $metadata of v1.0 is 3.5 MB, of beta some 8 MB. */
const BYTES_MAX = 32 * 2 ** 20;
const TIMEOUT_MS = 60_000;

/** $metadata of the connection's cloud and version as Graph sends it now, and the curated catalogue joined with it. */
export async function generateMetadata(
  config: SourceConfig,
  input: { readonly connection: SourceConnection },
): Promise<GeneratedMetadata> {
  const connection = openConnection(config, input.connection);
  try {
    const { graph, cloud } = connection;
    const { body } = await graph.send({
      url: `${graph.baseUrl}/$metadata`,
      headers: { accept: 'application/xml' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      bytesMax: BYTES_MAX,
    });
    const hash = hashCsdl([body]);
    const model = csdlModelOf(hash, () => body);
    const warnings = model.warnings.map(({ line, message }) => (line === 0 ? message : `line ${line}: ${message}`));
    const { name } = cloud.cloud;
    const datasets = buildDatasets(model, {
      cloud: name,
      version: cloud.version,
      onWarning: (message) => warnings.push(message),
    });
    return { document: { hash, bytes: body.byteLength, gzipBase64: gzipSync(body).toString('base64'), warnings }, datasets };
  } finally {
    await connection.close();
  }
}
