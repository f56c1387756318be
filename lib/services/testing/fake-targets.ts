import type { TargetOperations } from '#lib/executor/target-operations.ts';

/** Targets without rows; every test of them passes. */
export function createFakeTargets(): TargetOperations {
  return {
    test: async () => ({ passed: true, checks: [] }),
    readRows: async () => ({ columns: [], rows: [], total: 0 }),
    readChanges: async () => ({ changes: [], total: 0 }),
    drop: async ({ wanted }) => ({ tables: wanted.tables }),
    prepare: async ({ wanted }) => ({ tables: wanted.datasets.map(({ name }) => name) }),
  };
}
