import type { SignInUser } from '../contract.ts';
import type { EmulatorParts } from '../start.ts';

const USERS: readonly SignInUser[] = [
  person('00000000-0000-4000-8000-000000000001', 'adele.vance@contoso.example', 'Adele Vance', { isAdmin: true }),
  person('00000000-0000-4000-8000-000000000002', 'bianca.pisani@contoso.example', 'Bianca Pisani', {}),
  person('00000000-0000-4000-8000-000000000003', 'guest_fabrikam.example#EXT#@contoso.example', 'Gus Guest', { isGuest: true }),
  person('00000000-0000-4000-8000-000000000004', 'dora.disabled@contoso.example', 'Dora Disabled', { accountEnabled: false }),
];

function person(id: string, userPrincipalName: string, displayName: string, flags: Partial<SignInUser>): SignInUser {
  return { id, userPrincipalName, displayName, accountEnabled: true, isAdmin: false, isGuest: false, ...flags };
}

/** A directory of four people and a Graph with only `/me`, for tests of the Entra half. */
export const stubParts: EmulatorParts = {
  createTenant: () => ({
    tenantId: '11111111-2222-4333-8444-555555555555',
    tenantDisplayName: 'Contoso stub',
    domains: ['contoso.example', 'contoso.onmicrosoft.example'],
    findUser: (name) =>
      USERS.find((user) => user.userPrincipalName === name.toLowerCase() || user.userPrincipalName === name) ?? null,
    userById: (id) => USERS.find((user) => user.id === id) ?? null,
    suggestedUsers: () => USERS,
    mutate: (spec) => ({ mutated: spec }),
  }),
  createGraphHandler:
    ({ tenant, verifyAccessToken }) =>
    async (request) => {
      if (request.url.pathname !== '/v1.0/me') return null;
      const checked = verifyAccessToken((request.headers['authorization'] ?? '').slice('Bearer '.length));
      const headers = { 'content-type': 'application/json' };
      if (!checked.ok) return { status: 401, headers, body: JSON.stringify({ error: { code: 'InvalidAuthenticationToken' } }) };
      return { status: 200, headers, body: JSON.stringify(tenant.userById(checked.claims.oid)) };
    },
};
