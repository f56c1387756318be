import { z } from 'zod';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import { AppError } from '#lib/platform/errors.ts';
import { allowedAddress } from '#lib/targets/allowed-address.ts';
import type { TargetRules } from '#lib/targets/target.ts';

/** Secrets of a target that the server's operator set up by a connection string. */
const ConnectionString = z.object({ url: z.string() });
const Host = z.object({ host: z.string() });

/**
 * The target as this gateway may use it. The rules of the gateway's operator apply to every target, also to the server's built-in
 * ones, which the operator of another machine set up.
 * @throws AppError `target-host-refused`, `target-host-unknown`
 */
export async function admitTarget(access: TargetAccess, rules: TargetRules): Promise<TargetAccess> {
  const named = Host.safeParse(access.settings);
  if (ConnectionString.safeParse(access.secrets).success && named.success) await checkHost(named.data.host, rules);
  return { ...access, builtIn: false };
}

async function checkHost(host: string, rules: TargetRules): Promise<void> {
  try {
    await allowedAddress(host, rules);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'target-host-refused') throw error;
    const remedy = 'Add its network to ENTRADA_TARGET_NETWORKS of the gateway and start the gateway again.';
    throw new AppError({ ...error.problem, remedy }, { cause: error });
  }
}
