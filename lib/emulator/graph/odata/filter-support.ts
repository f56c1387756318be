import { unsupportedQuery } from '../error-response.ts';
import type { Filter, FilterUse } from './filter.ts';

const set = (names: string): ReadonlySet<string> => new Set(names.toLowerCase().split(' '));

/** Per operator: properties of a user that support it, and those that need an advanced query (Graph doc "User properties that support $filter"). */
const USER_SUPPORT = {
  startsWith: {
    plain: set(
      'city country department displayName employeeId givenName imAddresses mail mailNickname onPremisesUserPrincipalName otherMails proxyAddresses state surname usageLocation userPrincipalName',
    ),
    advanced: set(
      'companyName employeeType mobilePhone officeLocation onPremisesSamAccountName postalCode preferredLanguage streetAddress',
    ),
  },
  ge: {
    plain: set(
      'createdDateTime deletedDateTime country department givenName imAddresses jobTitle mail mailNickname onPremisesUserPrincipalName otherMails proxyAddresses signInActivity state surname',
    ),
    advanced: set('accountEnabled companyName employeeHireDate postalCode'),
  },
  le: {
    plain: set(
      'createdDateTime deletedDateTime country department employeeId givenName imAddresses jobTitle mail mailNickname onPremisesUserPrincipalName otherMails proxyAddresses signInActivity state surname userPrincipalName',
    ),
    advanced: set('accountEnabled companyName employeeHireDate postalCode'),
  },
} as const;

/** Operators that every property of a user supports; the parser checks further requirements. */
type Ranged = keyof typeof USER_SUPPORT;
const isRanged = (operator: FilterUse['operator']): operator is Ranged => operator in USER_SUPPORT;

/** Properties without support for ranges in any type: `id ge …` is the documentation's example of an error. */
const NO_RANGE = set('id displayName');

/**
 * Refuses filters that Graph does not support even as an advanced query.
 * Also refuses properties of users that the table does not contain, like their documented neighbours. Accepts extension properties.
 * @throws GraphFault
 */
export function checkFilter({ uses }: Filter, type: string, advanced: boolean): void {
  const isActivity = ({ property }: FilterUse): boolean => property.toLowerCase() === 'signinactivity';
  if (uses.some(isActivity) && !uses.every(isActivity))
    throw unsupportedQuery('A filter by signInActivity cannot be combined with other filters.');
  for (const { property, operator } of uses) {
    const name = property.toLowerCase();
    if ((operator === 'ge' || operator === 'le') && NO_RANGE.has(name))
      throw unsupportedQuery('The request uses a filter property that is not indexed');
    if (type !== 'user' || !isRanged(operator) || name.startsWith('extension_')) continue;
    const support = USER_SUPPORT[operator];
    if (support.plain.has(name) || (advanced && support.advanced.has(name))) continue;
    if (support.advanced.has(name)) throw unsupportedQuery('Unsupported Query.');
    throw unsupportedQuery(`Unsupported or invalid query filter clause specified for property '${property}' of resource 'User'.`);
  }
}
