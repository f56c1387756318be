import type { ScheduleDto } from '#lib/domain/schedule/schedule.ts';
import { type TaskDto, TaskTarget } from '#lib/domain/task/task.ts';
import { CliError } from '../../../launcher/cli-error.ts';
import { type ApiClient, ApiProblem, type Json } from '../../api-client.ts';
import { type CurrentResource, type ResourceKind, readEach, type Save, type Target } from '../resource.ts';

export const tasks: ResourceKind = {
  kind: 'task',
  fixed: ['connection'],
  sendsSecrets: () => false,
  wanted: ({ tasks: items }) =>
    items?.map(({ name, schedule: _, ...value }, at) => ({
      name,
      path: ['tasks', at],
      value,
      secrets: {},
      needs: [`connection:${value.connection}`, `metadata:${value.connection}`, `target:${value.target}`] as const,
    })) ?? null,
  current: async (api) =>
    (await readEach(api, await api.list('/tasks'), '/tasks')).map(({ json, etag }): CurrentResource => {
      const { id, name, connectionName, targetName, target, pausedAt, gatewayWaitMinutes, datasets } = json as unknown as TaskDto;
      // A task of an earlier version may lack members that have come since.
      const { settings } = TaskTarget.parse(target);
      const named = { connection: connectionName, target: targetName, method: target.method, settings };
      const rest = { datasets: datasets.map((dataset) => dataset.name), gatewayWaitMinutes, paused: pausedAt !== null };
      return { id, name, etag, value: { ...named, ...rest } };
    }),
  save: async (save, target) => {
    const { wanted, current, changed } = save;
    const id = await saveTask(save, target);
    const paused = wanted.value['paused'] === true;
    const isPaused = current?.value['paused'] === true;
    if (changed.has('paused') || paused !== isPaused) await target.api.post(`/tasks/${id}/pause`, { paused });
    return id;
  },
  remove: async ({ id }, api) => void (await api.request({ method: 'DELETE', path: `/tasks/${id}` })),
};

async function saveTask({ wanted: { name, value }, current, changed }: Save, { api, idOf, allow }: Target): Promise<string> {
  const connectionId = idOf('connection', String(value['connection']));
  const target = { method: value['method'], targetId: idOf('target', String(value['target'])), settings: value['settings'] };
  const { gatewayWaitMinutes } = value;
  if (current !== null && [...changed].every((path) => path === 'paused')) return current.id;
  const datasetIds = await datasetIdsOf(api, connectionId, value['datasets'] as string[]);
  if (current === null) {
    return String((await api.post('/tasks', { name, connectionId, datasetIds, gatewayWaitMinutes, target }))['id']);
  }
  const body = { datasetIds, gatewayWaitMinutes, target, recreate: allow.recreate && losesLanded(changed) };
  await api.request({ method: 'PATCH', path: `/tasks/${current.id}`, body, ifMatch: current.etag ?? '' });
  return current.id;
}

/** Whether a change takes that what is landed is dropped: of the update method, or of names of tables and columns. */
function losesLanded(changed: ReadonlySet<string>): boolean {
  return [...changed].some((path) => path === 'method' || path.startsWith('settings.names'));
}

async function datasetIdsOf(api: ApiClient, connectionId: string, names: readonly string[]): Promise<string[]> {
  const ids = new Map(
    (await api.list(`/connections/${connectionId}/metadata/datasets`)).map(({ id, name }) => [name, String(id)]),
  );
  if (ids.size === 0) {
    throw new CliError(
      'The connection has no datasets, because Entrada could not read its metadata from Graph. Generate the metadata on the page of the connection, then apply again.',
    );
  }
  return names.map((name) => {
    const id = ids.get(name);
    if (id !== undefined) return id;
    throw new CliError(`The connection has no dataset ${name}. Add it to the metadata of the connection in the file.`);
  });
}

/** Schedules, by the name of their task. */
export const schedules: ResourceKind = {
  kind: 'schedule',
  fixed: [],
  sendsSecrets: () => false,
  wanted: ({ tasks: items }) =>
    items?.flatMap(({ name, schedule }, at) => {
      if (schedule === undefined) return [];
      const needs = [`task:${name}` as const];
      const after = schedule?.rule.kind === 'event' ? [`task:${schedule.rule.afterTask}` as const] : [];
      return [{ name, path: ['tasks', at, 'schedule'], value: schedule, secrets: {}, needs: [...needs, ...after] }];
    }) ?? null,
  current: async (api) => {
    const all = await api.list('/tasks');
    const names = new Map(all.map(({ id, name }) => [String(id), String(name)]));
    const found: CurrentResource[] = [];
    for (const { id, name, schedule } of all) {
      if (schedule === null) continue;
      const { json, etag } = await api.request({ method: 'GET', path: `/tasks/${String(id)}/schedule` });
      const { rule, timeZone, missedRuns, enabled } = json as unknown as ScheduleDto;
      const value = { rule: inFile(rule, names), timeZone, missedRuns, enabled };
      found.push({ id: String(id), name: String(name), etag, value });
    }
    return found;
  },
  save: async ({ wanted: { name, value }, current }, { api, idOf }) => {
    const id = idOf('task', name);
    const { afterTask, ...rule } = value['rule'] as Json;
    const body = { ...value, rule: afterTask === undefined ? rule : { ...rule, afterTaskId: idOf('task', String(afterTask)) } };
    const etag = current?.etag ?? null;
    await api.request({ method: 'PUT', path: `/tasks/${id}/schedule`, body, ...(etag === null ? {} : { ifMatch: etag }) });
    return id;
  },
  remove: async ({ id }, api) => {
    try {
      await api.request({ method: 'DELETE', path: `/tasks/${id}/schedule` });
    } catch (error) {
      // It went with its task.
      if (!(error instanceof ApiProblem && error.code === 'not-found')) throw error;
    }
  },
};

function inFile(rule: ScheduleDto['rule'], names: ReadonlyMap<string, string>): Json {
  if (rule.kind !== 'event') return rule;
  const { afterTaskId, ...rest } = rule;
  return { ...rest, afterTask: names.get(afterTaskId) ?? '' };
}
