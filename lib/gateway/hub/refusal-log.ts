import type { ProblemCode } from '#lib/domain/problem-code.ts';
import { auditGateway, type HubContext } from './hub-context.ts';
import { type GatewayRefusedError, REFUSAL } from './refusals.ts';

const WINDOW_MS = 60_000;
/** Refused requests of one address per minute that are processed; further ones are rejected at once. */
const REFUSALS_MAX = 120;
/** Minimum time between two audit events for the same refusal of the same sender, milliseconds. */
const AUDIT_MS = 10 * 60_000;
/** Maximum number of entries, so that unauthenticated requests cannot fill the memory. */
const ENTRIES_MAX = 10_000;

/** Refusals that are written to the audit trail; the others occur regularly after interruptions and hand-overs. */
const AUDITED: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  ...(['gateway-clock', 'gateway-deactivated', 'gateway-key-expired', 'gateway-key-unknown', 'gateway-key-used'] as const),
  ...(['gateway-not-yours', 'gateway-proof-forged', 'gateway-proof-replayed', 'gateway-unknown', 'gateway-version'] as const),
]);

/** Counts refused requests by address, and writes audit events. One per web process. */
export interface RefusalLog {
  /** @throws GatewayRefusedError `gateway-too-many-requests` */
  check(address: string): void;
  /** `claimed`: the gateway that the request named. */
  note(refused: GatewayRefusedError, from: { readonly address: string; readonly claimed: Claimed | null }): Promise<void>;
}

interface Claimed {
  readonly id: string;
  readonly name: string;
}

export function createRefusalLog(ctx: Pick<HubContext, 'db' | 'clock'>): RefusalLog {
  const counts = new Map<string, { since: number; count: number }>();
  const audited = new Map<string, number>();
  const nowMs = () => ctx.clock.now().getTime();
  return {
    check(address) {
      const entry = counts.get(address);
      if (entry !== undefined && nowMs() - entry.since < WINDOW_MS && entry.count >= REFUSALS_MAX) throw REFUSAL.tooMany();
    },
    async note(refused, { address, claimed }) {
      const entry = counts.get(address);
      if (entry !== undefined && nowMs() - entry.since < WINDOW_MS) entry.count++;
      else keep(counts, address, { since: nowMs(), count: 1 });
      if (!AUDITED.has(refused.code)) return;
      const key = [claimed?.id ?? '', refused.code, address].join(' ');
      if (nowMs() - (audited.get(key) ?? Number.NEGATIVE_INFINITY) < AUDIT_MS) return;
      keep(audited, key, nowMs());
      const { code, title, detail } = refused.problem;
      const facts = { problem: code, title, address, ...(detail === undefined ? {} : { detail }) };
      await auditGateway(ctx, { action: 'gateway.refuse', gateway: claimed, detail: facts });
    },
  };
}

/** Adds an entry; removes the oldest one when full. */
function keep<V>(entries: Map<string, V>, key: string, value: V): void {
  entries.delete(key);
  const [oldest] = entries.keys();
  if (entries.size >= ENTRIES_MAX && oldest !== undefined) entries.delete(oldest);
  entries.set(key, value);
}
