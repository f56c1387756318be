import type { ConnectionDto } from '#lib/domain/connection/connection.ts';
import { fromFile, MetadataFile, toFile } from '#lib/domain/metadata/metadata-file.ts';
import type { ApiClient, Json } from '../../api-client.ts';
import { verifySignIn } from '../../verify-sign-in.ts';
import {
  type CurrentResource,
  type ResourceKind,
  reachedBy,
  reachedNeeds,
  reachedThrough,
  readEach,
  type Target,
} from '../resource.ts';

/** What a connection signs in with: a change of one takes a new sign-in. */
const SIGN_IN = ['signIn', 'clientId', 'tenant', 'graphBaseUrl'];

export const connections: ResourceKind = {
  kind: 'connection',
  fixed: [],
  sendsSecrets: (changed) => changed.has('credential') || changed.has('clientId'),
  needsPerson: ({ signIn }, changed) =>
    signIn === 'delegated' && (changed === null || SIGN_IN.some((member) => changed.has(member))),
  wanted: ({ connections: items }) =>
    items?.map(({ name, metadata: _, clientSecret, certificate, ...value }, at) => ({
      name,
      path: ['connections', at],
      value,
      secrets: value.credential === 'secret' ? secret('clientSecret', clientSecret) : secret('certificate', certificate),
      needs: reachedNeeds(value),
    })) ?? null,
  current: async (api) =>
    (await readEach(api, await api.list('/connections'), '/connections')).map(({ json, etag }): CurrentResource => {
      const dto = json as unknown as ConnectionDto;
      const { id, name, signIn, clientId, tenant, graphBaseUrl, credential } = dto;
      const secretExpiresOn = dto.expirySource === 'person' ? (dto.credentialExpiresAt?.slice(0, 10) ?? null) : null;
      const settings = { signIn, clientId, tenant, graphBaseUrl, credential, secretExpiresOn };
      return { id, name, etag, value: { ...settings, ...reachedThrough(dto.gateway) } };
    }),
  save: async ({ wanted: { name, value }, current, changed }, target) => {
    const { api } = target;
    const credential = await credentialOf(value, target);
    const { secretExpiresOn } = value;
    if (current === null) {
      const verificationId = await verifySignIn(api, settingsOf(value, credential, target), (url) =>
        target.askForCode(url, name),
      );
      return String((await api.post('/connections', { verificationId, name, secretExpiresOn }))['id']);
    }
    const path = `/connections/${current.id}`;
    if (SIGN_IN.some((member) => changed.has(member))) {
      const settings = { ...settingsOf(value, credential, target), connectionId: current.id };
      const verificationId = await verifySignIn(api, settings, (url) => target.askForCode(url, name));
      await api.post(`${path}/renew`, { verificationId });
      if ([...changed].every((member) => SIGN_IN.includes(member))) return current.id;
    }
    const etag = SIGN_IN.some((member) => changed.has(member)) ? (await api.request({ method: 'GET', path })).etag : current.etag;
    const body = { name, credential: value['credential'], secretExpiresOn, ...credential, ...reachedBy(value, target) };
    await api.request({ method: 'PATCH', path, body, ...(etag === null ? {} : { ifMatch: etag }) });
    return current.id;
  },
  remove: async ({ id }, api) => void (await api.request({ method: 'DELETE', path: `/connections/${id}` })),
};

function secret(key: string, reference: string | undefined): Readonly<Record<string, string>> {
  return reference === undefined ? {} : { [key]: reference };
}

/** The credential as inputs name it; nothing where the stored one stays. */
async function credentialOf(value: Json, { secrets, api }: Target): Promise<Json> {
  if (secrets === null) return { clientSecret: '', certificateId: null };
  if (value['credential'] === 'secret') return { clientSecret: secrets['clientSecret'] ?? '', certificateId: null };
  const { id } = await api.post('/certificates', { kind: 'upload', pem: secrets['certificate'] ?? '' });
  return { clientSecret: '', certificateId: id };
}

function settingsOf({ secretExpiresOn: _, gateway, gatewayGroup, ...settings }: Json, credential: Json, target: Target): Json {
  return { ...settings, ...credential, ...reachedBy({ gateway, gatewayGroup }, target) };
}

/** Definitions of datasets of connections whose metadata is in the file. */
export const metadata: ResourceKind = {
  kind: 'metadata',
  fixed: [],
  sendsSecrets: () => false,
  wanted: (project) =>
    project.connections?.flatMap(({ name }, at) => {
      const file = project.metadata.get(name);
      if (file === undefined) return [];
      const path = ['connections', at, 'metadata'];
      return [{ name, path, value: byDataset(file), secrets: {}, needs: [`connection:${name}` as const] }];
    }) ?? null,
  current: async (api) => {
    const found: CurrentResource[] = [];
    for (const connection of await api.list('/connections')) {
      const { id, name } = connection as { id: string; name: string };
      const file = await readMetadata(api, id);
      if (file !== null) found.push({ id, name, etag: null, value: byDataset(file) });
    }
    return found;
  },
  save: async ({ wanted: { name, value } }, { api, idOf }) => {
    const id = idOf('connection', name);
    // JSON is YAML 1.2.
    const body = JSON.stringify({ format: 'entrada-metadata', version: 1, datasets: Object.values(value) });
    const path = `/connections/${id}/metadata/import`;
    await api.request({ method: 'POST', path, body, contentType: 'application/yaml' });
    return id;
  },
  remove: null,
};

/** Null where none has been generated yet. */
export async function readMetadata(api: ApiClient, connectionId: string): Promise<MetadataFile | null> {
  const text = await api.text(`/connections/${connectionId}/metadata/export?format=json`);
  const { datasets } = JSON.parse(text) as { datasets: readonly unknown[] };
  return datasets.length === 0 ? null : MetadataFile.parse(JSON.parse(text));
}

/** Each dataset in its one form, by its name. */
function byDataset(file: MetadataFile): Json {
  const { datasets } = toFile(fromFile(file)) as { datasets: readonly { name: string }[] };
  return Object.fromEntries(datasets.map((dataset) => [dataset.name, dataset]));
}
