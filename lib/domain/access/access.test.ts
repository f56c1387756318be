import { describe, expect, it } from 'vitest';
import { MICROSOFT_CLOUD_NAMES } from '#lib/domain/connection/cloud-names.ts';
import { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { MICROSOFT_CLOUDS } from '#lib/entra/clouds.ts';
import { accessOf, assessAccess, type Granted, mayBeRead, refusedNow, type StoredProbe, withoutRefused } from './access.ts';

const column = (name: string, over: object = {}) => ({
  ...{ name, sourcePath: name, type: 'string', edmType: 'Edm.String', nullable: true, key: false, selected: true },
  ...{ returnedByDefault: true, description: null },
  ...over,
});

const users = DatasetDefinition.parse({
  version: 1,
  ...{
    name: 'users',
    title: 'Users',
    area: 'Users',
    description: '',
    kind: 'entity',
    path: '/users',
    entityType: 'microsoft.graph.user',
  },
  ...{
    parent: null,
    permissions: ['User.Read.All', 'Directory.Read.All'],
    licence: null,
    clouds: ['Global', 'US Government L4'],
  },
  read: { pageSizeMax: 999, select: true, advancedQuery: false, countable: true, delta: true },
  columns: [
    column('id', { key: true, nullable: false }),
    column('mail'),
    column('signInActivity', { permission: 'AuditLog.Read.All', licence: 'Microsoft Entra ID P1', type: 'json' }),
    column('customSecurityAttributes.HR.Level', { selected: true }),
  ],
});

const granted = (...permissions: string[]): Granted => ({ permissions: new Set(permissions), signIn: 'delegated' });
const probed = (over: Partial<StoredProbe> = {}): StoredProbe => ({
  ...{
    access: 'granted',
    reason: null,
    problem: null,
    columns: [],
    at: '2026-03-01T09:00:00.000Z',
    permissions: ['User.Read.All'],
  },
  ...over,
});
const assess = (having: Granted, probe: StoredProbe | null, cloud = 'Global') => assessAccess(users, having, { cloud, probe });

describe('access', () => {
  it('is what the token says until Graph was asked, and names the least permission that is missing', () => {
    expect(assess(granted('Directory.Read.All'), null)).toMatchObject({ access: 'granted', detail: { probedAt: null } });
    expect(assess(granted('User.Read'), null)).toMatchObject({
      access: 'missing-permission',
      detail: {
        missing: ['User.Read.All', 'Directory.Read.All'],
        reason: expect.stringContaining('User.Read.All (also sufficient: Directory'),
      },
    });
  });

  it('is what Graph said, while the token has the permissions that it was asked with', () => {
    const refusal = probed({ access: 'missing-permission', reason: 'No role.' });
    expect(assess(granted('User.Read.All'), refusal)).toMatchObject({
      access: 'missing-permission',
      detail: { reason: 'No role.' },
    });
    expect(assess(granted('User.Read.All', 'Directory.Read.All'), refusal).access).toBe('granted');
    const licence = probed({ access: 'needs-licence', reason: 'P2.' });
    expect(assess(granted('User.Read.All', 'Directory.Read.All'), licence).access).toBe('needs-licence');
  });

  it('is not in a cloud that the catalogue does not name; of an operator’s own cloud it says nothing', () => {
    expect(assess(granted('User.Read.All'), null, 'China (21Vianet)')).toMatchObject({
      access: 'not-in-cloud',
      detail: { reason: expect.stringContaining('Global, US Government L4') },
    });
    expect(assess(granted('User.Read.All'), null, 'Emulated').access).toBe('granted');
  });
});

describe('access where the permission list says little', () => {
  const appOnly = (...permissions: string[]): Granted => ({ permissions: new Set(permissions), signIn: 'app-only' });
  const assessAs = (having: Granted, over: Partial<DatasetDefinition>, probe: StoredProbe | null = null) =>
    assessAccess({ ...users, ...over }, having, { cloud: 'Global', probe });

  it('is unknown where no permission is named, and then what Graph answers', () => {
    const none = { permissions: [], applicationPermissions: ['User.Read.All'] };
    expect(assessAs(granted('User.Read.All'), none)).toMatchObject({
      access: 'unknown',
      detail: { missing: [], reason: expect.stringContaining('documents no delegated permission') },
    });
    expect(assessAs(granted('User.Read.All'), none, probed())).toMatchObject({ access: 'granted', detail: { reason: null } });
    expect(assessAs(appOnly('User.Read.All'), none).access).toBe('granted');
    expect(assessAs(appOnly('User.Read.All'), { permissions: [], applicationPermissions: [] }).access).toBe('unknown');
  });

  it('is unknown where the token names no permissions, until Graph was asked, and nothing is left out for that', () => {
    for (const signIn of ['delegated', 'app-only'] as const) {
      const silent: Granted = { permissions: new Set(), signIn };
      const application = { applicationPermissions: ['User.Read.All'] };
      expect(assessAs(silent, application)).toMatchObject({
        access: 'unknown',
        detail: { missing: [], columns: [], reason: expect.stringContaining('does not list') },
      });
      expect(assessAs(silent, application, probed({ permissions: [] }))).toMatchObject({ access: 'granted' });
      expect(mayBeRead({ ...users, ...application }, silent)).toBe(true);
      expect(refusedNow(users, silent, null)).toEqual([]);
    }
  });

  it('is delegated-only in an app-only connection where Graph has no application permission, and asks for none', () => {
    const only = { applicationPermissions: [] };
    expect(assessAs(appOnly('User.Read.All'), only)).toMatchObject({
      access: 'delegated-only',
      detail: { missing: [], reason: expect.stringContaining('only a connection in which a person signs in') },
    });
    expect(assessAs(granted('User.Read.All'), only).access).toBe('granted');
    // An imported definition without permissions leaves access unknown.
    expect(accessOf({ ...users, ...only, origin: 'import' }, appOnly())).toBe('unknown');
  });

  it('is not in an air-gapped cloud that the catalogue does not name either', () => {
    expect(assess(granted('User.Read.All'), null, 'USNat (air-gapped)').access).toBe('not-in-cloud');
    expect(MICROSOFT_CLOUDS.map(({ name }) => name)).toEqual([...MICROSOFT_CLOUD_NAMES]);
  });
});

describe('what a run leaves out', () => {
  it('is a column alone, by what the token lacks or what Graph refused, with the reason', () => {
    const definition = withoutRefused(users, granted('User.Read.All'), null);
    expect(definition.columns.filter(({ selected }) => selected).map(({ name }) => name)).toEqual([
      'id',
      'mail',
      'customSecurityAttributes.HR.Level',
    ]);
    expect(refusedNow(users, granted('User.Read.All'), null)).toEqual([
      {
        name: 'signInActivity',
        reason: 'The token does not have AuditLog.Read.All. Grant AuditLog.Read.All, or deselect the column.',
      },
    ]);
    const columns = [{ sourcePath: 'customSecurityAttributes', access: 'missing-permission' as const, reason: 'No role.' }];
    expect(refusedNow(users, granted('User.Read.All'), probed({ columns }))).toEqual([
      { name: 'customSecurityAttributes.HR.Level', reason: 'No role. Grant the permission, or deselect the column.' },
    ]);
  });

  it('is nothing that is not known to be refused, and never a key', () => {
    const columns = [
      { sourcePath: 'mail', access: 'unknown' as const, reason: 'Graph was not available.' },
      { sourcePath: 'id', access: 'needs-licence' as const, reason: 'No.' },
    ];
    expect(refusedNow(users, granted('User.Read.All'), probed({ columns }))).toEqual([]);
    expect(withoutRefused(users, granted('User.Read.All'), probed({ columns }))).toBe(users);
  });
});

it.each<[string, readonly string[], string | null | undefined, unknown]>([
  [
    'without the permission the token tells',
    ['Group.Read.All'],
    undefined,
    expect.stringContaining('optional permission Member.Read.Hidden'),
  ],
  ['with it there is nothing to say', ['Member.Read.Hidden'], undefined, null],
  [
    'a probe names them',
    ['Group.Read.All'],
    'Graph does not show the members of 2 groups.',
    'Graph does not show the members of 2 groups.',
  ],
  ['a probe that found none counts for more', ['Group.Read.All'], null, null],
])('hidden members: %s', (_, permissions, unseen, expected) => {
  const probed = { access: 'granted' as const, reason: null, problem: null, columns: [], at: '2026-01-01T00:00:00Z', unseen };
  const definition = {
    ...{ permissions: ['Group.Read.All'], applicationPermissions: [], clouds: null, columns: [], title: 'Members' },
    path: '/groups/{id}/members',
  };
  const probe = unseen === undefined ? null : { ...probed, permissions: [...permissions] };
  const granted = { permissions: new Set(permissions), signIn: 'app-only' as const };
  expect(assessAccess(definition, granted, { cloud: 'Global', probe }).detail.unseen).toEqual(expected);
});
