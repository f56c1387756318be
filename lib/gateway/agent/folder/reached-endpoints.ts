import { z } from 'zod';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import { findTargetModule } from '#lib/targets/registry.ts';
import type { GatewayFolder } from './gateway-folder.ts';

const FILE = 'reached.json';
/** Maximum number of entries; the newest are kept. */
const KEPT_MAX = 50;

/** Clouds and targets of earlier commands, without secrets. `entrada gateway check` checks them. */
export const ReachedEndpoints = z.object({
  graphBaseUrls: z.array(z.string()).readonly(),
  targets: z
    .array(
      z.object({
        location: z.string(),
        reach: z.union([z.object({ folder: z.string() }), z.object({ host: z.string(), port: z.number() })]),
      }),
    )
    .readonly(),
});
export type ReachedEndpoints = z.infer<typeof ReachedEndpoints>;

export function readReachedEndpoints(folder: GatewayFolder): ReachedEndpoints {
  return folder.read(FILE, ReachedEndpoints) ?? { graphBaseUrls: [], targets: [] };
}

/** Stores the clouds and targets of commands. */
export interface ReachedEndpointsRecorder {
  graph(baseUrl: string): void;
  target(access: TargetAccess): void;
}

export function createReachedEndpointsRecorder(folder: GatewayFolder): ReachedEndpointsRecorder {
  let known = readReachedEndpoints(folder);
  const save = (next: ReachedEndpoints): void => {
    known = next;
    folder.write(FILE, known);
  };
  return {
    graph(baseUrl) {
      if (known.graphBaseUrls.includes(baseUrl)) return;
      save({ ...known, graphBaseUrls: [...known.graphBaseUrls, baseUrl].slice(-KEPT_MAX) });
    },
    target({ kind, settings }) {
      const module = findTargetModule(kind);
      const location = module.location(settings);
      if (known.targets.some((target) => target.location === location)) return;
      save({ ...known, targets: [...known.targets, { location, reach: module.reach(settings) }].slice(-KEPT_MAX) });
    },
  };
}
