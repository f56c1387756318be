import { z } from 'zod';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import type { KeyRing } from '#lib/platform/crypto/crypto.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { BUILT_IN_TARGETS, lockTargets, openTarget, setTargetAccess } from '#lib/store/run/targets.ts';

/** Where the operator put the built-in targets. */
export type BuiltInTargets = Readonly<Record<keyof typeof BUILT_IN_TARGETS, TargetAccess>> & {
  /**
   * True: where the environment names no reader of the landing database, the one of another process stays. A worker on another machine need not
   * know it: it reads no rows for people.
   */
  readonly keepsReader?: boolean;
};

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
    const landing = input.keepsReader === true ? await withKnownReader(tx, ctx.ring, input.landing) : input.landing;
    await setTargetAccess(tx, ctx.ring, BUILT_IN_TARGETS.landing.id, landing);
    await setTargetAccess(tx, ctx.ring, BUILT_IN_TARGETS.lake.id, input.lake);
  });
}

const LandingUrls = z.object({ url: z.string(), readerUrl: z.string().nullable() });

/** With the reader that is stored for the same database, where none is named. */
async function withKnownReader(tx: Tx, ring: KeyRing, landing: TargetAccess): Promise<TargetAccess> {
  const named = LandingUrls.safeParse(landing.secrets).data;
  const stored = LandingUrls.safeParse((await openTarget(tx, ring, BUILT_IN_TARGETS.landing.id))?.secrets).data;
  if (named === undefined || named.readerUrl !== null || stored?.url !== named.url) return landing;
  return { ...landing, secrets: { ...named, readerUrl: stored.readerUrl } };
}
