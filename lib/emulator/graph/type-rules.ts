import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseCsdl } from '#lib/catalog/csdl.ts';
import { flattenType } from '#lib/catalog/csdl-model.ts';
import type { TypeRules } from './odata/shape.ts';

/** The document that `$metadata` answers. */
export function readMetadata(): Buffer {
  return gunzipSync(readFileSync(join(import.meta.dirname, 'metadata', 'graph-v1.0.xml.gz')));
}

const USER_DEFAULTS = [
  'businessPhones',
  'displayName',
  'givenName',
  'id',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
];

/** Properties that come only with $select (Graph API reference, resource types), by type. */
const SELECT_ONLY: Readonly<Record<string, readonly string[]>> = {
  group: [
    'allowExternalSenders',
    'autoSubscribeNewMembers',
    'hideFromAddressLists',
    'hideFromOutlookClients',
    'isSubscribedByMail',
    'unseenCount',
    'assignedLabels',
    'assignedLicenses',
    'licenseProcessingState',
  ],
  servicePrincipal: ['customSecurityAttributes'],
};

/** Refused in lists with 501 (Graph doc "List users"). */
const NOT_LISTABLE: Readonly<Record<string, readonly string[]>> = {
  user: [
    'aboutMe',
    'birthday',
    'hireDate',
    'interests',
    'mySite',
    'pastProjects',
    'preferredName',
    'responsibilities',
    'schools',
    'skills',
    'mailboxSettings',
  ],
  group: [
    'allowExternalSenders',
    'autoSubscribeNewMembers',
    'hideFromAddressLists',
    'hideFromOutlookClients',
    'isSubscribedByMail',
    'unseenCount',
  ],
};

/** Properties that members of any type may be asked for. */
const MEMBER_TYPES = ['user', 'group', 'device', 'servicePrincipal', 'orgContact', 'application', 'administrativeUnit'];

/** Looks up what Graph knows of a type; parses $metadata once, at the first question. */
export function createTypeRules(): (type: string) => TypeRules {
  const cache = new Map<string, TypeRules>();
  let model: ReturnType<typeof parseCsdl> | undefined;
  const propertiesOf = (type: string): [string, string][] => {
    model ??= parseCsdl([readMetadata()]);
    const names = flattenType(model, `microsoft.graph.${type}`)?.properties.map((property) => property.name) ?? [];
    return names.map((name) => [name.toLowerCase(), name]);
  };
  const rulesOf = (type: string): TypeRules => {
    const known = cache.get(type);
    if (known !== undefined) return known;
    const properties = type === 'directoryObject' ? MEMBER_TYPES.flatMap(propertiesOf) : propertiesOf(type);
    const rules: TypeRules = {
      properties: new Map(properties),
      defaults: type === 'user' ? USER_DEFAULTS : null,
      selectOnly: new Set(SELECT_ONLY[type] ?? []),
      notListable: new Set(NOT_LISTABLE[type] ?? []),
      ...(type === 'directoryObject' ? { memberRules: rulesOf } : {}),
    };
    cache.set(type, rules);
    return rules;
  };
  return rulesOf;
}
