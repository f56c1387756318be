import type { Env } from '#lib/platform/config/env.ts';
import { findTargetModule } from '#lib/targets/registry.ts';
import type { TargetRules } from '#lib/targets/target.ts';
import type { TargetOperations } from './target-operations.ts';

const TEST_TIMEOUT_MS = 30_000;
/** Making and dropping tables; it may wait for a run that publishes. */
const CHANGE_TIMEOUT_MS = 60_000;

/** The targets as this very process reaches them. */
export function createTargetOperations(rules: TargetRules): TargetOperations {
  return {
    test: async ({ access }) => findTargetModule(access.kind).test(access, rules, AbortSignal.timeout(TEST_TIMEOUT_MS)),
    readRows: async ({ access, wanted }) => findTargetModule(access.kind).readRows(access, rules, wanted),
    readChanges: async ({ access, wanted }) => findTargetModule(access.kind).readChanges(access, rules, wanted),
    drop: async ({ access, wanted }) => {
      const signal = AbortSignal.timeout(CHANGE_TIMEOUT_MS);
      return { tables: [...((await findTargetModule(access.kind).drop?.(access, rules, { ...wanted, signal })) ?? [])] };
    },
    prepare: async ({ access, wanted }) => {
      const signal = AbortSignal.timeout(CHANGE_TIMEOUT_MS);
      return { tables: [...((await findTargetModule(access.kind).prepare?.(access, rules, { ...wanted, signal })) ?? [])] };
    },
  };
}

/** What the operator's environment lets targets of people reach. */
export function targetRules(
  env: Pick<Env, 'ENTRADA_TARGET_NETWORKS' | 'ENTRADA_LAKE_ROOTS' | 'ENTRADA_TARGET_IDENTITY_HOSTS'>,
): TargetRules {
  return {
    networks: env.ENTRADA_TARGET_NETWORKS,
    folders: env.ENTRADA_LAKE_ROOTS,
    identityHosts: env.ENTRADA_TARGET_IDENTITY_HOSTS,
  };
}
