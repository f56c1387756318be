import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { GeneratedMetadata } from '#lib/domain/metadata/metadata.ts';

/**
 * A $metadata document with the entity sets of these datasets, and a type named by `hash`: documents with different hashes
 * differ.
 */
export function documentOf(offered: readonly DatasetDefinition[], hash = 'first'): GeneratedMetadata['document'] {
  const types = offered.map(({ entityType, columns }) => {
    const properties = columns.map(({ name, edmType }) => `<Property Name="${name}" Type="${edmType}"/>`).join('');
    return `<EntityType Name="${entityType.split('.').at(-1)}"><Key><PropertyRef Name="id"/></Key>${properties}</EntityType>`;
  });
  const sets = offered.map(({ path, entityType }) => `<EntitySet Name="${path.slice(1)}" EntityType="${entityType}"/>`);
  const csdl = `<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="microsoft.graph" xmlns="http://docs.oasis-open.org/odata/ns/edm">
<EntityType Name="${hash}"><Key><PropertyRef Name="id"/></Key><Property Name="id" Type="Edm.String"/></EntityType>
${types.join('\n')}
<EntityContainer Name="GraphService">${sets.join('')}</EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>`;
  const gzipBase64 = gzipSync(csdl).toString('base64');
  // As a real hash it says what the document holds: models are kept by it for the time of the process.
  const parts = offered.map(({ name, entityType, columns }) => `${name}-${digestOf({ entityType, columns })}`);
  return { hash: [hash, ...parts].join('-'), bytes: csdl.length, gzipBase64, warnings: [] };
}

function digestOf(value: object): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
