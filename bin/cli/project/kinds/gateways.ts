import type { Json } from '../../api-client.ts';
import { type CurrentResource, type ResourceKind, readEach } from '../resource.ts';

type Item = Readonly<Record<'id' | 'name' | 'description', string>>;

/** Data gateways. Their registration keys are no part of a project: a gateway process registers with one that its page shows. */
export const gateways: ResourceKind = {
  kind: 'gateway',
  fixed: [],
  sendsSecrets: () => false,
  wanted: ({ gateways: items }) =>
    items?.map(({ name, ...value }, at) => ({ name, path: ['gateways', at], value, secrets: {}, needs: [] })) ?? null,
  current: async (api) =>
    (await readEach(api, await api.list('/gateways'), '/gateways')).map(({ json }) => {
      const { id, name, description } = json as Item;
      const { allowPreviews, allowLandedRows } = json;
      return { id, name, etag: null, value: { description, allowPreviews, allowLandedRows } };
    }),
  save: async ({ wanted: { name, value }, current }, { api }) => {
    const id = current?.id ?? idIn(await api.post('/gateways', { name, description: value['description'] }), 'gateway');
    const { json } = await api.request({ method: 'GET', path: `/gateways/${id}` });
    const group = json['group'] as { id: string } | null;
    await api.request({ method: 'PATCH', path: `/gateways/${id}`, body: { name, groupId: group?.id ?? null, ...value } });
    return id;
  },
  remove: async ({ id }, api) => void (await api.request({ method: 'DELETE', path: `/gateways/${id}` })),
};

function idIn(answer: Json, member: string): string {
  return (answer[member] as { id: string }).id;
}

export const gatewayGroups: ResourceKind = {
  kind: 'gateway group',
  fixed: [],
  sendsSecrets: () => false,
  wanted: ({ gatewayGroups: items }) =>
    items?.map(({ name, description, gateways: members }, at) => ({
      name,
      path: ['gatewayGroups', at],
      value: { description, gateways: members.toSorted() },
      secrets: {},
      needs: members.map((member) => `gateway:${member}` as const),
    })) ?? null,
  current: async (api) =>
    (await api.list('/gateway-groups')).map((json): CurrentResource => {
      const { id, name, description } = json as Item;
      const members = (json['members'] as readonly Item[]).map((member) => member.name);
      return { id, name, etag: null, value: { description, gateways: members.toSorted() } };
    }),
  save: async ({ wanted: { name, value }, current }, { api, idOf }) => {
    const gatewayIds = (value['gateways'] as string[]).map((member) => idOf('gateway', member));
    const body = { name, description: value['description'], gatewayIds };
    if (current === null) return String((await api.post('/gateway-groups', body))['id']);
    await api.request({ method: 'PATCH', path: `/gateway-groups/${current.id}`, body });
    return current.id;
  },
  remove: async ({ id }, api) => void (await api.request({ method: 'DELETE', path: `/gateway-groups/${id}` })),
};
