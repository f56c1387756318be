import type { TargetAccess } from '#lib/domain/target/target.ts';
import type { KeyRing } from '#lib/platform/crypto/crypto.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { BUILT_IN_TARGETS, lockTargets, setTargetAccess } from '#lib/store/run/targets.ts';

/** The operator's settings of the built-in targets. */
export type BuiltInTargets = Readonly<Record<keyof typeof BUILT_IN_TARGETS, TargetAccess>>;

/** Writes the environment's settings of the built-in targets into their rows; at each start, since addresses and passwords change. */
export async function updateBuiltInTargets({
  ctx,
  input,
}: {
  readonly ctx: { readonly db: Db; readonly ring: KeyRing };
  readonly input: BuiltInTargets;
}): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    await lockTargets(tx);
    for (const name of ['landing', 'lake'] as const) {
      await setTargetAccess(tx, ctx.ring, BUILT_IN_TARGETS[name].id, input[name]);
    }
  });
}
