import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres, withSymlinks } from '../postgres/embedded.ts';
import { NON_DURABLE_SETTINGS } from './global-setup.ts';
import { findOtherPostgres } from './other-postgres.ts';
import { testFilesRoot } from './test-files.ts';

/** A PostgreSQL of another major version for the tests of its project. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const files = findOtherPostgres();
  if (files === null) throw new Error('There is no PostgreSQL of another major version.');
  withSymlinks(files.native);
  const dir = mkdtempSync(join(testFilesRoot(), 'entrada-test-'));
  chmodSync(dir, 0o755);
  const server = await startEmbeddedPostgres(dir, [], { settings: NON_DURABLE_SETTINGS, files });
  project.provide('adminUrl', server.url('postgres'));
  project.provide('postgresMajor', Number(files.major));
  return async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  };
}
