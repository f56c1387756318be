import type { Env } from '#lib/platform/config/env.ts';
import type { TargetModule, TargetRules } from '#lib/targets/target.ts';
import type { TargetOperations } from './target-operations.ts';

const TEST_TIMEOUT_MS = 30_000;
/** Making and dropping tables; it may wait for a run that publishes. */
const CHANGE_TIMEOUT_MS = 60_000;

/** Imported at first use: a web process that shows runs needs no target. */
async function moduleOf({ kind }: { readonly kind: string }): Promise<TargetModule> {
  const { findTargetModule } = await import('#lib/targets/registry.ts');
  return findTargetModule(kind);
}

/** The targets as this very process reaches them. */
export function createTargetOperations(rules: TargetRules): TargetOperations {
  return {
    test: async ({ access }) => (await moduleOf(access)).test(access, rules, AbortSignal.timeout(TEST_TIMEOUT_MS)),
    readRows: async ({ access, wanted }) => (await moduleOf(access)).readRows(access, rules, wanted),
    readChanges: async ({ access, wanted }) => (await moduleOf(access)).readChanges(access, rules, wanted),
    drop: async ({ access, wanted }) => {
      const signal = AbortSignal.timeout(CHANGE_TIMEOUT_MS);
      return { tables: [...((await (await moduleOf(access)).drop?.(access, rules, { ...wanted, signal })) ?? [])] };
    },
    prepare: async ({ access, wanted }) => {
      const signal = AbortSignal.timeout(CHANGE_TIMEOUT_MS);
      return { tables: [...((await (await moduleOf(access)).prepare?.(access, rules, { ...wanted, signal })) ?? [])] };
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
