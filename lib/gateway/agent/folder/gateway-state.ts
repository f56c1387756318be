import { z } from 'zod';
import { ProblemSchema } from '#lib/domain/problem.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { Log } from '#lib/platform/log.ts';
import type { GatewayFolder } from './gateway-folder.ts';

const FILE = 'state.json';

/** State of a running gateway, for `entrada gateway status`. */
export const GatewayState = z.object({
  gatewayId: z.string(),
  name: z.string(),
  server: z.string(),
  version: z.string(),
  startedAt: z.string(),
  /** `connecting`: there is no stream now; `problem` has the reason. */
  link: z.enum(['connecting', 'connected', 'stopping']),
  /** Start of the present link state. */
  since: z.string(),
  problem: ProblemSchema.nullable(),
  serverVersion: z.string().nullable(),
  upgradeAvailable: z.boolean(),
  working: z.array(z.object({ id: z.string(), name: z.string(), subject: z.string(), since: z.string() })).readonly(),
});
export type GatewayState = z.infer<typeof GatewayState>;

export function readState(folder: GatewayFolder): GatewayState | null {
  return folder.read(FILE, GatewayState);
}

/** The state file of a running gateway. */
export interface StateFile {
  change(part: Partial<GatewayState>): void;
  linkIs(link: GatewayState['link'], part: Partial<GatewayState>): void;
  /** Writes a pending change and stops writing. */
  close(): void;
}

interface StateFileDeps {
  readonly folder: GatewayFolder;
  readonly clock: Clock;
  readonly log: Log;
}

type Known = Pick<GatewayState, 'gatewayId' | 'name' | 'server' | 'version' | 'startedAt'>;

const PAUSE_MS = 500;

/** Creates the state file; it is written after changes, at most twice a second. */
export function createStateFile({ folder, clock, log }: StateFileDeps, of: Known): StateFile {
  const { gatewayId, name, server, version, startedAt } = of;
  let state: GatewayState = {
    ...{ gatewayId, name, server, version, startedAt, link: 'connecting', since: startedAt, problem: null },
    ...{ serverVersion: null, upgradeAvailable: false, working: [] },
  };
  let timer: NodeJS.Timeout | undefined;
  const write = (): void => {
    timer = undefined;
    // A full disk must not end the process because of this file.
    try {
      folder.write(FILE, state);
    } catch (error) {
      log.warn({ err: error }, 'the state file could not be written');
    }
  };
  const change = (part: Partial<GatewayState>): void => {
    state = { ...state, ...part };
    timer ??= setTimeout(write, PAUSE_MS).unref();
  };
  write();
  return {
    change,
    close() {
      clearTimeout(timer);
      write();
    },
    linkIs: (link, part) => change({ ...part, link, ...(link === state.link ? {} : { since: clock.now().toISOString() }) }),
  };
}
