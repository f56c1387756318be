import { globSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { findOtherPostgres } from './lib/platform/testing/other-postgres.ts';

const TESTS = '{app,bin,components,lib,prisma}/**/*.test.{ts,tsx}';

/**
 * A mocked module stays what it is for all files of a process: a file that mocks one gets a process of its own. All others share three
 * processes, which load the product's modules once: half of the time of the processor was spent on loading them anew for each file.
 */
const MOCKING = globSync(TESTS, { cwd: import.meta.dirname }).filter((file) =>
  readFileSync(`${import.meta.dirname}/${file}`, 'utf8').includes('vi.mock('),
);

/** Minutes of waiting for processes to start and die: begun first, so that nothing waits for them at the end. */
const LONG = [
  'lib/jobs/killed-worker.test.ts',
  'lib/gateway/agent/killed-gateway.test.ts',
  'lib/executor/fault-matrix-answers.test.ts',
  'lib/executor/fault-matrix.test.ts',
  'lib/jobs/disturbed-worker.test.ts',
];

/** What depends on the version of the server runs on a second major version, too, where there is one; the contract of sinks where one is named. */
const ON_OTHER_POSTGRES = [
  'lib/targets/postgres/drift.test.ts',
  'lib/targets/postgres/publish/relations.test.ts',
  'lib/targets/postgres/full-load/replace-table.test.ts',
  'lib/targets/postgres/compare/drift-side-tables.test.ts',
  ...(process.env['ENTRADA_TEST_POSTGRES'] === undefined ? [] : ['lib/targets/postgres/sink-contract.test.ts']),
];
const other = findOtherPostgres();
if (other === null) process.stdout.write('No PostgreSQL of another major version was found: targets are tested on one.\n');

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.some((name) => moduleId.endsWith(name));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

const EACH = {
  setupFiles: ['lib/platform/testing/fail-on-warnings.ts'],
  // It names modules of Next.js in a way that only bundlers find.
  server: { deps: { inline: ['next-auth'] } },
  testTimeout: 30_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    globalSetup: ['lib/platform/testing/global-setup.ts'],
    // One more than the cores that CI has: workers that die, back-offs and quotas are waited for without a processor.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { ...EACH, name: 'shared', include: [TESTS], exclude: ['node_modules/**', ...MOCKING], isolate: false } },
      { test: { ...EACH, name: 'mocking', include: MOCKING } },
      ...(other === null
        ? []
        : [
            {
              test: {
                ...EACH,
                name: `postgres-${other.major}`,
                include: ON_OTHER_POSTGRES,
                globalSetup: ['lib/platform/testing/other-postgres-setup.ts'],
                isolate: false,
              },
            },
          ]),
    ],
  },
});
