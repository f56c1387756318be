import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parseCsdl } from '#lib/catalog/csdl/csdl.ts';
import { buildDatasets } from '#lib/catalog/datasets/build-datasets.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';

/** Columns of `users` that every contender requests, fixed so that figures of different versions are comparable. */
export const USER_PROPERTIES = [
  ...['id', 'displayName', 'givenName', 'surname', 'userPrincipalName', 'mail', 'mailNickname', 'jobTitle', 'department'],
  ...['companyName', 'officeLocation', 'employeeId', 'city', 'state', 'country', 'usageLocation', 'preferredLanguage'],
  ...['mobilePhone', 'businessPhones', 'accountEnabled', 'userType', 'createdDateTime', 'lastPasswordChangeDateTime'],
  ...['onPremisesSyncEnabled', 'onPremisesSamAccountName', 'onPremisesImmutableId', 'proxyAddresses', 'assignedLicenses'],
  ...['employeeOrgData', 'streetAddress', 'postalCode', 'otherMails', 'creationType', 'externalUserState'],
] as const;

export const PAGE_SIZE = 999;

/** Path and query of the collection that every contender requests. */
export const USERS_QUERY = `/users?$select=${USER_PROPERTIES.join(',')}&$top=${PAGE_SIZE}`;

/** A dataset that the bench reads. */
export type BenchDataset = 'users' | 'group_members' | 'user_authentication_methods';

/** Definitions of the bench's datasets, built from `$metadata` and the catalogue. */
export function benchDataset(name: BenchDataset): DatasetDefinition {
  const csdl = gunzipSync(readFileSync('lib/emulator/graph/metadata/graph-v1.0.xml.gz')).toString('utf8');
  const found = buildDatasets(parseCsdl([csdl])).find((dataset) => dataset.name === name);
  if (found === undefined) throw new TypeError(`the catalogue has no ${name}`);
  if (name !== 'users') return found;
  const wanted = new Set<string>(USER_PROPERTIES);
  return { ...found, columns: found.columns.map((column) => ({ ...column, selected: wanted.has(column.sourcePath) })) };
}
