import type { Env } from '#lib/platform/config/env.ts';
import type { BuiltInTargets } from '#lib/services/target/update-built-in-targets.ts';
import { landingDatabase, localLake } from '#lib/targets/built-in.ts';

/** The environment's settings of the built-in targets. Without a separate landing database, landed tables are in schemas of the application's. */
export function builtInTargets(
  env: Pick<Env, 'ENTRADA_LANDING_URL' | 'ENTRADA_LANDING_READER_URL' | 'lakeDir'>,
  databaseUrl: string,
): BuiltInTargets {
  return {
    landing: landingDatabase(env.ENTRADA_LANDING_URL ?? databaseUrl, env.ENTRADA_LANDING_READER_URL ?? null),
    lake: localLake(env.lakeDir),
  };
}
