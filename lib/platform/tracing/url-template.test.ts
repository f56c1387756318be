import { expect, it } from 'vitest';
import { urlTemplate } from './url-template.ts';

it.each([
  ['/v1.0/users?$filter=mail eq %27kim@contoso.test%27', '/v1.0/users'],
  [
    '/v1.0/users/1b2c3d4e-0000-4000-8000-000000000000/memberOf/microsoft.graph.group',
    '/v1.0/users/{id}/memberOf/microsoft.graph.group',
  ],
  ["/v1.0/users('kim@contoso.test')/manager", '/v1.0/users(...)/manager'],
  ['/beta/users/kim@contoso.test', '/beta/users/{id}'],
  ['/v1.0/domains/contoso.test', '/v1.0/domains/{id}'],
  ['/v1.0/users/delta()?$deltatoken=abc', '/v1.0/users/delta()'],
  ['/v1.0/$batch', '/v1.0/$batch'],
  ['/runs/run_abcdefghijkmnpqrstuv/changes/group_members', '/runs/{id}/changes/{id}'],
  ['/auth/oauth/code?code=0.AAA', '/auth/oauth/code'],
  ['/set-password#token', '/set-password'],
])('%s is named %s: no id, no person, no code', (path, template) => {
  expect(urlTemplate(path)).toBe(template);
});
