import { flattenType } from '#lib/catalog/csdl/csdl-model.ts';
import type { TypeRules } from '#lib/emulator/graph/odata/shape.ts';
import { graphModel } from './graph-model.ts';

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

/** Properties that are returned only with $select (Graph API reference, resource types), by type. */
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

/** Properties that can be selected for members of any type. */
const MEMBER_TYPES = ['user', 'group', 'device', 'servicePrincipal', 'orgContact', 'application', 'administrativeUnit'];

/** Looks up the rules of a type; parses $metadata once, at the first call. */
export function createTypeRules(): (type: string) => TypeRules {
  const cache = new Map<string, TypeRules>();
  const propertiesOf = (type: string): [string, string][] => {
    const names = flattenType(graphModel(), `microsoft.graph.${type}`)?.properties.map((property) => property.name) ?? [];
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
