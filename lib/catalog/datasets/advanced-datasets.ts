import type { z } from 'zod';
import { CATALOG } from '#lib/catalog/catalog.ts';
import { type CsdlModel, type CsdlValue, derivedTypes, flattenType, itemType } from '#lib/catalog/csdl/csdl-model.ts';
import { type PermissionHint, permissionHint } from '#lib/catalog/permissions/permission-hints.ts';
import { legalColumnName, singular, snakeCase } from '#lib/domain/dataset/column-name.ts';
import { type Column, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { kindOfCollection } from '#lib/domain/dataset/event-dataset.ts';
import type { DatasetOfferDto } from '#lib/domain/metadata/metadata.ts';
import { typeColumns } from './build-columns.ts';
import { tableName } from './child-datasets.ts';
import { DIRECTORY_OBJECT, memberColumns, parentColumns } from './member-columns.ts';

/** Greatest number of nested objects between a singleton and a collection (`/identityGovernance/entitlementManagement/catalogs`). */
const DEPTH_MAX = 3;

const CAPABILITIES = 'Org.OData.Capabilities.V1.';
const DESCRIPTION = 'Org.OData.Core.V1.Description';

/** A collection that the document declares and that a listed permission can read. */
interface Found {
  readonly path: string;
  readonly type: string;
  /** Path and type of the parent collection. */
  readonly parent: { readonly path: string; readonly type: string } | null;
  /** Possible targets of annotations: `microsoft.graph.GraphService/places`, `microsoft.graph.admin/people`. */
  readonly target: string;
  readonly hint: PermissionHint;
}

/** Lists that Graph refuses without a `$filter` whose value is not known in advance (Graph docs "List assignmentSchedules", "List eligibilitySchedules"). */
const NEED_FILTER: ReadonlySet<string> = new Set([
  '/identitygovernance/privilegedaccess/group/assignmentschedules',
  '/identitygovernance/privilegedaccess/group/eligibilityschedules',
]);

/**
 * All collections beyond the catalogue that can be listed: entity sets, collections below singletons, and the relations of the objects of
 * both. Left out are paths that no permission can read (Graph has no list for them), paths whose annotations deny reading, paths that need
 * a `$filter`, and relations of objects that can't be listed, since their keys are not known.
 */
export function offerAdvanced(model: CsdlModel): readonly DatasetOfferDto[] {
  const own = new Set(CATALOG.flatMap(({ path, beta }) => [path, beta?.path ?? path]).map((path) => path.toLowerCase()));
  const filtered = new Set(CATALOG.filter(({ filter }) => filter !== null).map(({ path }) => path.toLowerCase()));
  const found = walk(model);
  const known = new Set([...own, ...found.map(({ path }) => path.toLowerCase())]);
  const listed = (path: string): boolean => known.has(path) && !NEED_FILTER.has(path) && !filtered.has(path);
  return found
    .filter(({ path }) => !own.has(path.toLowerCase()) && !NEED_FILTER.has(path.toLowerCase()))
    .filter(({ parent }) => parent === null || listed(parent.path.toLowerCase()))
    .map((offer) => ({ ...describeFound(model, offer), permissions: [...offer.hint.delegated] }));
}

/** The definition of a dataset that `offerAdvanced` names; null when the document doesn't declare it. */
export function buildAdvanced(model: CsdlModel, path: string): DatasetDefinition | null {
  const found = walk(model).find((candidate) => candidate.path.toLowerCase() === path.toLowerCase());
  if (found === undefined) return null;
  const read = readOf(model, found);
  const columns = columnsOf(model, found, read);
  if (columns === null) return null;
  return DatasetDefinition.parse({
    version: 2,
    ...describeFound(model, found),
    ...(found.parent === null ? { kind: kindOfCollection({ entityType: found.type, columns, read: { single: false } }) } : {}),
    parent: parentOf(found),
    permissions: [...found.hint.delegated],
    applicationPermissions: [...found.hint.application],
    licence: null,
    read,
    columns,
  } satisfies z.input<typeof DatasetDefinition>);
}

function walk(model: CsdlModel): readonly Found[] {
  const found: Found[] = [];
  const collection = (path: string, type: string, target: string): void => {
    add(model, found, { path, type, parent: null, target });
    for (const navigation of flattenType(model, type)?.navigation ?? []) {
      const item = itemType(navigation.type);
      if (item === null) continue;
      const inner = { path: `${path}/{id}/${navigation.name}`, type: item, parent: { path, type } };
      add(model, found, { ...inner, target: `${type}/${navigation.name}` });
    }
  };
  const single = (path: string, type: string, depth: number): void => {
    for (const navigation of flattenType(model, type)?.navigation ?? []) {
      const item = itemType(navigation.type);
      const inner = `${path}/${navigation.name}`;
      if (item !== null) collection(inner, item, `${type}/${navigation.name}`);
      // An object that isn't contained has its own path.
      else if (depth > 1 && navigation.contained) single(inner, navigation.type, depth - 1);
    }
  };
  const container = model.schemas.map((schema) => `${schema}.GraphService`).find((name) => hasContainer(model, name)) ?? '';
  for (const { name, type } of model.entitySets.values()) collection(`/${name}`, type, `${container}/${name}`);
  // `/me` is one of `/users`.
  for (const { name, type } of model.singletons.values()) if (name !== 'me') single(`/${name}`, type, DEPTH_MAX);
  return found;
}

function add(model: CsdlModel, found: Found[], candidate: Omit<Found, 'hint'>): void {
  const hint = permissionHint(candidate.path);
  const readable = record(capability(model, candidate, 'ReadRestrictions'))?.['Readable'] !== false;
  const rows = candidate.type === DIRECTORY_OBJECT || (flattenType(model, candidate.type)?.key.length ?? 0) > 0;
  if (hint !== null && readable && rows) found.push({ ...candidate, hint });
}

function hasContainer(model: CsdlModel, name: string): boolean {
  return [...model.annotations.keys()].some((target) => target.startsWith(`${name}/`));
}

/** An annotation about the collection, or else about the type of its rows. */
function capability(model: CsdlModel, { target, type }: Pick<Found, 'target' | 'type'>, term: string): CsdlValue | undefined {
  return model.annotations.get(target)?.[CAPABILITIES + term] ?? model.annotations.get(type)?.[CAPABILITIES + term];
}

function record(value: CsdlValue | undefined): Readonly<Record<string, CsdlValue>> | undefined {
  return typeof value === 'object' && !Array.isArray(value) ? (value as Readonly<Record<string, CsdlValue>>) : undefined;
}

function describeFound(model: CsdlModel, { path, type, parent, target }: Found) {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '{id}');
  const words = (text: string): string => snakeCase(text).replaceAll('_', ' ');
  const title = segments.map(words).join(': ');
  const text = model.annotations.get(target)?.[DESCRIPTION];
  return {
    path,
    name: freeName(segments.map(snakeCase).join('_')),
    title: title.charAt(0).toUpperCase() + title.slice(1),
    area: 'Other' as const,
    entityType: type,
    kind: parent === null ? ('entity' as const) : ('relationship' as const),
    origin: 'advanced' as const,
    description:
      typeof text === 'string' ? text : `One row for each ${type.replace('microsoft.graph.', '')}; found in $metadata.`,
  };
}

/** Graph keeps old paths of some collections; the catalogue has the current ones. */
function freeName(name: string): string {
  return tableName(CATALOG.some((entry) => entry.name === name) ? `${name}_advanced` : name);
}

/** An option is sent only when the document declares its support: Graph refuses more options than the document declares. */
function readOf(model: CsdlModel, found: Found): z.input<typeof DatasetDefinition>['read'] {
  const directory = found.type === DIRECTORY_OBJECT;
  const filterable = record(capability(model, found, 'FilterRestrictions'))?.['Filterable'] === true;
  const selectable = record(capability(model, found, 'SelectSupport'))?.['Supported'] === true;
  return {
    pageSizeMax: null,
    select: directory || selectable,
    advancedQuery: false,
    countable: false,
    delta: false,
    options: filterable ? ['filter'] : [],
    throttling: 'other',
  };
}

function columnsOf(model: CsdlModel, found: Found, read: z.input<typeof DatasetDefinition>['read']): Column[] | null {
  const parent = parentOf(found);
  const above = parent === null ? [] : parentColumns(parent);
  if (found.type === DIRECTORY_OBJECT) return [...above, ...memberColumns()];
  const options = {
    model,
    type: found.type,
    read: { ...read, options: read.options ?? [], throttling: read.throttling ?? 'other' },
  };
  const own = typeColumns({ ...options, select: [], polymorphic: derivedTypes(model, found.type).length > 0 });
  return own === null ? null : [...above, ...own];
}

function parentOf({ parent }: Found) {
  if (parent === null) return null;
  const known = CATALOG.find((entry) => entry.path.toLowerCase() === parent.path.toLowerCase());
  const name = snakeCase(parent.path.split('/').at(-1) ?? '');
  return {
    path: parent.path,
    column: legalColumnName(`${singular(name)}_id`),
    select: known?.read.select ?? false,
    pageSizeMax: known?.read.pageSizeMax ?? null,
  };
}
