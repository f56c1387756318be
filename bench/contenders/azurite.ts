import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import type { ContenderOptions } from './contender.ts';

/** Azurite's only account, with the key from its documentation. */
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Starts Microsoft's emulator of Azure Storage as a separate process, which ends with this one; returns a target in a new container. */
export async function startAzurite({ dir }: ContenderOptions): Promise<TargetAccess> {
  const program = join(dirname(createRequire(import.meta.url).resolve('azurite/package.json')), 'dist/src/blob/main.js');
  const port = await freePort();
  const where = ['--blobHost', '127.0.0.1', '--blobPort', String(port), '--location', join(dir, 'azurite')];
  const azurite = spawn(process.execPath, [program, ...where, '--silent', '--skipApiVersionCheck', '--disableTelemetry'], {
    stdio: 'ignore',
  });
  process.once('exit', () => azurite.kill());
  const endpoint = `http://127.0.0.1:${port}/${ACCOUNT}`;
  const service = new BlobServiceClient(endpoint, new StorageSharedKeyCredential(ACCOUNT, KEY));
  const container = `bench-${randomBytes(6).toString('hex')}`;
  for (let attempt = 0; ; attempt++) {
    try {
      await service.createContainer(container);
      return { kind: 'azure-storage', settings: { endpoint, container }, secrets: { accountKey: KEY }, builtIn: false };
    } catch (error) {
      if (attempt === 20) throw error;
      await sleep(250);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
