import { buildDatasets } from '#lib/catalog/build-datasets.ts';
import { parseCsdl } from '#lib/catalog/csdl.ts';
import type { CsdlModel } from '#lib/catalog/csdl-model.ts';
import type { DatasetDefinition } from '#lib/domain/dataset.ts';
import type { ConnectionSession } from '#lib/domain/session.ts';
import { RemoteError } from '#lib/platform/errors.ts';
import { type ExecutorConfig, openConnection } from './connect.ts';

/** $metadata of v1.0 is 3.5 MB, of beta some 8 MB. */
const BYTES_MAX = 32 * 2 ** 20;
const TIMEOUT_MS = 60_000;
/** The document is the same for every tenant of a cloud and changes about weekly. */
const FRESH_MS = 3600_000;

const cache = new Map<string, { readonly at: number; readonly datasets: Promise<readonly DatasetDefinition[]> }>();

/** The curated catalogue joined with $metadata of the connection's cloud and version. */
export async function generateMetadata(
  config: ExecutorConfig,
  session: ConnectionSession,
): Promise<readonly DatasetDefinition[]> {
  const now = config.clock.now().getTime();
  const key = session.settings.graphBaseUrl;
  const known = cache.get(key);
  if (known !== undefined && now - known.at < FRESH_MS) return known.datasets;
  const datasets = readMetadata(config, session);
  cache.set(key, { at: now, datasets });
  datasets.catch(() => cache.delete(key));
  return datasets;
}

async function readMetadata(config: ExecutorConfig, session: ConnectionSession): Promise<readonly DatasetDefinition[]> {
  const connection = openConnection(config, session);
  try {
    const { graph } = connection;
    const { body } = await graph.send({
      url: `${graph.baseUrl}/$metadata`,
      headers: { accept: 'application/xml' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      bytesMax: BYTES_MAX,
    });
    return buildDatasets(parse(body));
  } finally {
    await connection.close();
  }
}

/** A document with warnings is still of use; one without any type is none. */
function parse(body: Uint8Array): CsdlModel {
  const model = parseCsdl([body]);
  if (model.entityTypes.size > 0) return model;
  throw new RemoteError({
    code: 'metadata-unreadable',
    title: "Graph's $metadata holds no types.",
    detail: model.warnings[0]?.message ?? '',
    remedy: 'Generate the metadata again later. If it stays, a proxy may change the answer.',
    fixer: 'operator',
  });
}
