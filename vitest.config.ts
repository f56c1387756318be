import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Minutes of waiting for processes to start and die: begun first, so that nothing waits for them at the end. */
const LONG = [
  'lib/jobs/killed-worker.test.ts',
  'lib/gateway/agent/killed-gateway.test.ts',
  'lib/executor/fault-matrix-answers.test.ts',
  'lib/executor/fault-matrix.test.ts',
  'lib/jobs/disturbed-worker.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.some((name) => moduleId.endsWith(name));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['{app,bin,components,lib,prisma}/**/*.test.{ts,tsx}'],
    globalSetup: ['lib/platform/testing/global-setup.ts'],
    setupFiles: ['lib/platform/testing/fail-on-warnings.ts'],
    // It names modules of Next.js in a way that only bundlers find.
    server: { deps: { inline: ['next-auth'] } },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // One more than the cores that CI has: workers that die, back-offs and quotas are waited for without a processor.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
  },
});
