import { z } from 'zod';
import { legalColumnName } from '#lib/domain/dataset/column-name.ts';
import { Column, type ColumnType } from '#lib/domain/dataset/dataset.ts';
import { readList } from '#lib/graph/client/answer.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { readPages } from '#lib/graph/paging/pages.ts';
import { datasetProblem } from '#lib/source/access/dataset-problem.ts';

/** Properties that tenants add to directory objects, by the type that they are on, in lower case (`user`). */
export interface TenantExtensions {
  readonly columns: ReadonlyMap<string, readonly Column[]>;
  /** A sentence about what could not be requested; null when everything was. */
  readonly notes: readonly string[];
}

/** Graph doc "extensionProperty resource type". */
const ExtensionProperty = z.looseObject({
  name: z.string(),
  dataType: z.string(),
  isMultiValued: z.boolean().nullish(),
  targetObjects: z.array(z.string()).default([]),
  appDisplayName: z.string().nullish(),
});

/** Graph doc "schemaExtension resource type". */
const SchemaExtension = z.looseObject({
  id: z.string(),
  owner: z.string().nullish(),
  status: z.string().nullish(),
  targetTypes: z.array(z.string()).default([]),
  description: z.string().nullish(),
});

/** Data types of directory extensions. */
const DATA_TYPES: Readonly<Record<string, readonly [ColumnType, string]>> = {
  String: ['string', 'Edm.String'],
  Boolean: ['boolean', 'Edm.Boolean'],
  DateTime: ['dateTimeOffset', 'Edm.DateTimeOffset'],
  Integer: ['int32', 'Edm.Int32'],
  LargeInteger: ['int64', 'Edm.Int64'],
  Binary: ['binary', 'Edm.Binary'],
};

/** Maximum number of pages of applications that are searched for owners of extensions: 9,990 applications. */
const PAGES_MAX = 10;

/**
 * Directory extensions (`extension_{app id}_{name}`) and schema extensions of the tenant. Both come only when `$select` names them, so
 * that they are missing from rows that were read without it.
 */
export async function findExtensions(graph: GraphClient, signal: AbortSignal): Promise<TenantExtensions> {
  const columns = new Map<string, Column[]>();
  const notes: string[] = [];
  const add = (type: string, column: Column) => {
    const known = columns.get(type.toLowerCase()) ?? [];
    if (!known.some(({ sourcePath }) => sourcePath === column.sourcePath)) columns.set(type.toLowerCase(), [...known, column]);
  };
  const attempt = async (what: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      signal.throwIfAborted();
      const { title, detail = title } = datasetProblem(error);
      notes.push(`${what} could not be requested from Graph: ${detail}`);
    }
  };
  await attempt('Directory extensions', async () => {
    for (const property of await availableExtensions(graph, signal)) {
      for (const type of property.targetObjects) add(type, directoryColumn(property));
    }
  });
  await attempt('Schema extensions', async () => {
    for (const extension of await schemaExtensions(graph, signal)) {
      for (const type of extension.targetTypes) add(type, schemaColumn(extension));
    }
  });
  return { columns, notes };
}

/** Of every application, those of other tenants too (Graph doc "directoryObject: getAvailableExtensionProperties"). */
async function availableExtensions(graph: GraphClient, signal: AbortSignal) {
  const { body } = await graph.send({
    method: 'POST',
    url: `${graph.baseUrl}/directoryObjects/getAvailableExtensionProperties`,
    headers: { 'content-type': 'application/json' },
    body: '{}',
    signal,
  });
  return readList(body).rows.flatMap((row) => ExtensionProperty.safeParse(row).data ?? []);
}

/**
 * Graph lists what any tenant published, thousands: only those that an application of this tenant owns can be on its objects by its own
 * doing.
 */
async function schemaExtensions(graph: GraphClient, signal: AbortSignal) {
  const owners = new Set<string>();
  for await (const row of rowsFrom(graph, '/applications?$select=id,appId&$top=999', signal)) owners.add(String(row['appId']));
  const found: z.infer<typeof SchemaExtension>[] = [];
  for await (const row of rowsFrom(graph, '/schemaExtensions', signal)) {
    // One that is not in the documented form hides none of the others.
    const { data: extension } = SchemaExtension.safeParse(row);
    if (extension === undefined || extension.status === 'Deprecated') continue;
    if (owners.has(extension.owner ?? '')) found.push(extension);
  }
  return found;
}

async function* rowsFrom(graph: GraphClient, path: string, signal: AbortSignal) {
  let pages = 0;
  for await (const { body } of readPages(graph, { url: `${graph.baseUrl}${path}`, signal })) {
    yield* readList(body).rows;
    if (++pages === PAGES_MAX) return;
  }
}

function directoryColumn({ name, dataType, isMultiValued, appDisplayName }: z.infer<typeof ExtensionProperty>): Column {
  const [type, edmType] = DATA_TYPES[dataType] ?? ['string', 'Edm.String'];
  const of = appDisplayName === undefined || appDisplayName === null ? '' : ` of ${appDisplayName}`;
  return foundColumn({
    name: legalColumnName(name),
    sourcePath: name,
    type: isMultiValued === true ? 'json' : type,
    edmType: isMultiValued === true ? `Collection(${edmType})` : edmType,
    description: `Directory extension${of}.`,
  });
}

function schemaColumn({ id, description }: z.infer<typeof SchemaExtension>): Column {
  return foundColumn({
    name: legalColumnName(id),
    sourcePath: id,
    type: 'json',
    edmType: 'Edm.ComplexType',
    description: `Schema extension${description === undefined || description === null ? '' : `: ${description}`}`.slice(0, 300),
  });
}

/** A column that $metadata doesn't have. */
export function foundColumn(
  facts: Pick<Column, 'name' | 'sourcePath' | 'type' | 'edmType' | 'description'> & { readonly permission?: string | null },
): Column {
  return Column.parse({
    ...facts,
    nullable: true,
    key: false,
    selected: false,
    returnedByDefault: false,
    origin: 'sample',
  } satisfies z.input<typeof Column>);
}
