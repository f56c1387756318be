import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient, ContainerSASPermissions, StorageSharedKeyCredential } from '@azure/storage-blob';
import type { TargetAccess } from '#lib/domain/target/target.ts';

/** Azurite's only account, with the key from its documentation. */
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Handles a request before Azurite gets it; returns true when it has answered. */
export type Interference = (incoming: IncomingMessage, answer: ServerResponse) => boolean;

export interface Azurite {
  readonly port: number;
  /** A target in a new container. */
  target(settings?: Readonly<Record<string, unknown>>, secrets?: Readonly<Record<string, unknown>>): Promise<TargetAccess>;
  /** A shared access signature for the container of a target. @param rights e.g. `rwdl` */
  sign(access: TargetAccess, rights: string, expiresOn: Date): Promise<string>;
  /** Creates an entry for a folder, as a hierarchical namespace does. */
  putFolderEntry(access: Pick<TargetAccess, 'settings'>, name: string): Promise<void>;
  /** Names of all blobs in the container of a target. */
  names(access: Pick<TargetAccess, 'settings'>): Promise<readonly string[]>;
  /** Intercepts all requests from now on; null: none. */
  interfere(interference: Interference | null): void;
  stop(): Promise<void>;
}

interface BlobServer {
  start(): Promise<void>;
  close(): Promise<void>;
  getHttpServerAddress(): string;
}

/** Microsoft's emulator of Azure Storage over HTTP, in a folder that is deleted at the end, behind a proxy that tests can control. */
export async function startAzurite(): Promise<Azurite> {
  const folder = mkdtempSync(join(tmpdir(), 'entrada-azurite-'));
  const server = createBlobServer(folder);
  await server.start();
  const innerPort = Number(new URL(server.getHttpServerAddress()).port);
  let interference: Interference | null = null;
  const front = createServer((incoming, answer) => {
    if (interference?.(incoming, answer) === true) return;
    const { method, url, headers } = incoming;
    const outgoing = request({ host: '127.0.0.1', port: innerPort, method, path: url, headers }, (inner) => {
      answer.writeHead(inner.statusCode ?? 502, inner.headers);
      inner.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    incoming.on('error', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const { port } = front.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}/${ACCOUNT}`;
  const service = new BlobServiceClient(endpoint, new StorageSharedKeyCredential(ACCOUNT, KEY));
  const containerOf = (settings: unknown) => service.getContainerClient((settings as { container: string }).container);
  return {
    port,
    async target(settings = {}, secrets = {}) {
      const container = `lake-${randomBytes(6).toString('hex')}`;
      await service.createContainer(container);
      return {
        kind: 'azure-storage',
        settings: { endpoint, container, ...settings },
        secrets: { accountKey: KEY, ...secrets },
        builtIn: false,
      };
    },
    async putFolderEntry({ settings }, name) {
      await containerOf(settings)
        .getBlockBlobClient(name)
        .upload('', 0, { metadata: { hdi_isfolder: 'true' } });
    },
    async names({ settings }) {
      const names: string[] = [];
      for await (const { name } of containerOf(settings).listBlobsFlat()) names.push(name);
      return names;
    },
    async sign({ settings }, rights, expiresOn) {
      const permissions = ContainerSASPermissions.parse(rights);
      const startsOn = new Date(expiresOn.getTime() - 86_400_000);
      return new URL(await containerOf(settings).generateSasUrl({ permissions, startsOn, expiresOn })).search;
    },
    interfere: (wanted) => {
      interference = wanted;
    },
    async stop() {
      front.closeAllConnections();
      await new Promise<void>((resolve) => front.close(() => resolve()));
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Azurite has no programmatic entry point; these are the parts of its command. */
function createBlobServer(folder: string): BlobServer {
  const load = createRequire(import.meta.url);
  const { default: Server } = load('azurite/dist/src/blob/BlobServer.js') as {
    default: new (configuration: unknown) => BlobServer;
  };
  const { default: Configuration } = load('azurite/dist/src/blob/BlobConfiguration.js') as {
    default: new (...settings: readonly unknown[]) => unknown;
  };
  const stores = [{ locationId: 'Default', locationPath: join(folder, 'blobs'), maxConcurrency: 16 }];
  const databases = [join(folder, 'blobs.json'), join(folder, 'extents.json')];
  const noLogs = [false, undefined, false, undefined];
  // The SDK may use a newer API version than Azurite: the versions are compatible for the requests of a store.
  const [loose, skipApiVersionCheck] = [false, true];
  return new Server(new Configuration('127.0.0.1', 0, 5, ...databases, stores, ...noLogs, loose, skipApiVersionCheck));
}
