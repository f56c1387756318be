import { parseNetwork } from '#lib/platform/http/networks.ts';
import type { TargetRules } from '#lib/targets/target.ts';

/** Allows loopback, where the servers of tests are. */
export const LOCAL_RULES: TargetRules = {
  networks: ['127.0.0.1', '::1'].map(parseNetwork).filter((network) => network !== null),
  folders: [],
};
