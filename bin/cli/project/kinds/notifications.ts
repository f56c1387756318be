import type { ChannelDto } from '#lib/domain/notification/channel.ts';
import type { RuleDto } from '#lib/domain/notification/rule.ts';
import type { Json } from '../../api-client.ts';
import type { CurrentResource, ResourceKind } from '../resource.ts';

export const channels: ResourceKind = {
  kind: 'notification channel',
  fixed: ['kind'],
  sendsSecrets: () => false,
  wanted: ({ notificationChannels: items }) =>
    items?.map(({ name, url, to, ...value }, at) => ({
      name,
      path: ['notificationChannels', at],
      value: value.kind === 'email' ? { ...value, to: to ?? [] } : value,
      secrets: url === undefined || value.kind === 'email' ? {} : { url },
      needs: [],
    })) ?? null,
  current: async (api) =>
    (await api.list('/notifications/channels')).map((json): CurrentResource => {
      const { id, name, kind, enabled, to } = json as unknown as ChannelDto;
      return { id, name, etag: null, value: kind === 'email' ? { kind, enabled, to } : { kind, enabled } };
    }),
  save: async ({ wanted: { name, value }, current, changed }, { api, secrets }) => {
    const { kind, enabled, to } = value;
    const place = kind === 'email' ? { kind, to } : { kind, url: secrets?.['url'] };
    const isMoved = current === null || changed.has('to') || secrets?.['url'] !== undefined;
    const id = current?.id ?? idOfNew(await api.post('/notifications/channels', { name, target: place }));
    if (current !== null || enabled === false) {
      const target = current !== null && isMoved ? place : null;
      await api.request({ method: 'PATCH', path: `/notifications/channels/${id}`, body: { name, enabled, target } });
    }
    return id;
  },
  remove: async ({ id }, api) => void (await api.request({ method: 'DELETE', path: `/notifications/channels/${id}` })),
};

function idOfNew({ channel }: Json): string {
  return (channel as ChannelDto).id;
}

export const rules: ResourceKind = {
  kind: 'notification rule',
  fixed: [],
  sendsSecrets: () => false,
  wanted: ({ notificationRules: items }) =>
    items?.map(({ name, channels: sendsTo, ...value }, at) => ({
      name,
      path: ['notificationRules', at],
      value: { ...value, channels: sendsTo.toSorted() },
      secrets: {},
      needs: [
        ...sendsTo.map((channel) => `notification channel:${channel}` as const),
        ...(value.connection === null ? [] : [`connection:${value.connection}` as const]),
        ...(value.task === null ? [] : [`task:${value.task}` as const]),
      ],
    })) ?? null,
  current: async (api) =>
    (await api.list('/notifications/rules')).map((json): CurrentResource => {
      const { id, name, connectionName, taskName, connectionId: _, taskId: __, ...rule } = json as unknown as RuleDto;
      const sendsTo = rule.channels.map((channel) => channel.name).toSorted();
      return { id, name, etag: null, value: { ...rule, connection: connectionName, task: taskName, channels: sendsTo } };
    }),
  save: async ({ wanted: { name, value }, current }, { api, idOf }) => {
    const { connection, task, channels: sendsTo, ...rule } = value;
    const body = {
      ...{ name, ...rule },
      connectionId: connection === null ? null : idOf('connection', String(connection)),
      taskId: task === null ? null : idOf('task', String(task)),
      channelIds: (sendsTo as string[]).map((channel) => idOf('notification channel', channel)),
    };
    if (current === null) return String((await api.post('/notifications/rules', body))['id']);
    await api.request({ method: 'PATCH', path: `/notifications/rules/${current.id}`, body });
    return current.id;
  },
  remove: async ({ id }, api) => void (await api.request({ method: 'DELETE', path: `/notifications/rules/${id}` })),
};
