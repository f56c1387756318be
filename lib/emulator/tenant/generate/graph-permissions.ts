import type { Row } from '../collection.ts';

interface Named {
  readonly id: string;
  readonly value: string;
  readonly displayName: string;
}

/** Some application permissions of Microsoft Graph, with their real ids (Graph permissions reference). */
export const GRAPH_APP_ROLES: readonly [Named, ...Named[]] = [
  { id: 'df021288-bdef-4463-88db-98f22de89214', value: 'User.Read.All', displayName: "Read all users' full profiles" },
  { id: '7ab1d382-f21e-4acd-a863-ba3e13f7da61', value: 'Directory.Read.All', displayName: 'Read directory data' },
  { id: '5b567255-7703-4780-807c-99be8301ae69', value: 'Group.Read.All', displayName: 'Read all groups' },
  { id: '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30', value: 'Application.Read.All', displayName: 'Read all applications' },
  { id: '810c84a8-4a9e-49e6-bf7d-12d183f40d01', value: 'Mail.Read', displayName: 'Read mail in all mailboxes' },
];

const SCOPES: readonly Named[] = [
  { id: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d', value: 'User.Read', displayName: 'Sign in and read user profile' },
  { id: 'a154be20-db9c-4678-8ab7-66f6cc099a59', value: 'User.Read.All', displayName: "Read all users' full profiles" },
  { id: '06da0dbc-49e2-44d2-8312-53f166ab848a', value: 'Directory.Read.All', displayName: 'Read directory data' },
  { id: '5f8c59db-677d-491f-a6b8-5f174b11ec1d', value: 'Group.Read.All', displayName: 'Read all groups' },
  { id: '570282fd-fa5c-430d-a7fd-fc8dc98a9dca', value: 'Mail.Read', displayName: 'Read user mail' },
];

/** `appRoles` of Microsoft Graph's service principal. */
export function graphAppRoles(): Row[] {
  return GRAPH_APP_ROLES.map(({ id, value, displayName }) => ({
    allowedMemberTypes: ['Application'],
    description: `Allows the app to ${displayName.toLowerCase()}, without a signed-in user.`,
    displayName,
    id,
    isEnabled: true,
    origin: 'Application',
    value,
  }));
}

/** `oauth2PermissionScopes` of Microsoft Graph's service principal. */
export function graphScopes(): Row[] {
  return SCOPES.map(({ id, value, displayName }) => ({
    adminConsentDescription: `Allows the app to ${displayName.toLowerCase()}, on behalf of the signed-in user.`,
    adminConsentDisplayName: displayName,
    id,
    isEnabled: true,
    type: value === 'User.Read' || value === 'Mail.Read' ? 'User' : 'Admin',
    userConsentDescription: null,
    userConsentDisplayName: null,
    value,
  }));
}
