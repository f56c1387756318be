import type { TargetDetailDto, TargetKindDto } from '#lib/domain/target/target.ts';
import { type CurrentResource, type ResourceKind, reachedBy, reachedNeeds, reachedThrough, readEach } from '../resource.ts';

/** Targets of people. The built-in ones are there on every server: a project names them only. */
export const targets: ResourceKind = {
  kind: 'target',
  fixed: ['kind'],
  // Entrada sends a stored secret only to the location for which it was entered.
  sendsSecrets: (changed) => [...changed].some((path) => path.startsWith('settings')),
  wanted: ({ targets: items }) =>
    items?.map(({ name, secrets, ...value }, at) => ({
      name,
      path: ['targets', at],
      value,
      secrets: Object.fromEntries(Object.entries(secrets).map(([key, reference]) => [`secrets.${key}`, reference])),
      needs: reachedNeeds(value),
    })) ?? null,
  current: async (api) => {
    const own = (await api.list('/targets')).filter(({ builtIn }) => builtIn !== true);
    return (await readEach(api, own, '/targets')).map(({ json, etag }): CurrentResource => {
      const { id, name, kind, settings, gateway } = json as unknown as TargetDetailDto;
      return { id, name, etag, value: { kind, settings, ...reachedThrough(gateway) } };
    });
  },
  save: async ({ wanted: { name, value }, current }, target) => {
    const { api } = target;
    const entered =
      target.secrets === null
        ? null
        : Object.fromEntries(Object.entries(target.secrets).map(([path, secret]) => [path.replace('secrets.', ''), secret]));
    const place = reachedBy(value, target);
    if (current === null) {
      const body = { name, kind: value['kind'], settings: value['settings'], secrets: entered ?? {}, ...place };
      return String((await api.post('/targets', body))['id']);
    }
    const settings = { ...(current.value['settings'] as object), ...(value['settings'] as object) };
    const secrets = entered !== null && Object.keys(entered).length === 0 ? null : entered;
    const body = { name, settings, secrets, confirm: target.allow.moveTargets, ...place };
    await api.request({ method: 'PATCH', path: `/targets/${current.id}`, body, ifMatch: current.etag ?? '*' });
    return current.id;
  },
  remove: async ({ id }, api) => void (await api.request({ method: 'DELETE', path: `/targets/${id}` })),
};

/** Secrets that a target of this kind and these settings has; `optional` where it may do without. */
export function secretsOfKind(
  kind: TargetKindDto | undefined,
  settings: Readonly<Record<string, unknown>>,
): readonly { readonly name: string; readonly optional: boolean }[] {
  return (kind?.fields ?? [])
    .filter(({ secret, when }) => secret && (when === undefined || when.values.includes(String(settings[when.field]))))
    .map(({ name, optional = false }) => ({ name, optional }));
}
