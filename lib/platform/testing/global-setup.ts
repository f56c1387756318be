import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../postgres/embedded.ts';
import { migrate } from '../postgres/migrate.ts';
import { testFilesRoot } from './test-files.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Of the server's `postgres` database; test databases are cloned from `entrada_template`. */
    adminUrl: string;
    /** Major version of the server. */
    postgresMajor: number;
  }
}

/** The server of the tests never waits for the disk (PostgreSQL documentation, section 14.5 "Non-Durable Settings"). */
export const NON_DURABLE_SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', jit: 'off' };

/** One embedded PostgreSQL for the whole run, with a migrated template database. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = mkdtempSync(join(testFilesRoot(), 'entrada-test-'));
  chmodSync(dir, 0o755);
  const server = await startEmbeddedPostgres(dir, ['entrada_template'], { settings: NON_DURABLE_SETTINGS });
  await migrate(server.url('entrada_template'), 'prisma/migrations');
  project.provide('adminUrl', server.url('postgres'));
  project.provide('postgresMajor', 18);
  return async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  };
}
