import type { ProblemCode } from '#lib/domain/problem-code.ts';
import { auditGateway, type HubContext } from './hub-context.ts';
import { type GatewayRefusedError, REFUSAL } from './refusals.ts';

const WINDOW_MS = 60_000;
/** Refused requests of one address that are looked at in a minute. */
const REFUSALS_MAX = 120;
/** The same refusal of the same caller is written to the audit trail once in this time, milliseconds. */
const AUDIT_MS = 10 * 60_000;
/** Entries that are kept at most: strangers can't fill the memory. */
const ENTRIES_MAX = 10_000;

/** Refusals that a person should know of; the others happen in the ordinary course of breaks and hand-overs. */
const AUDITED: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  ...(['gateway-clock', 'gateway-deactivated', 'gateway-key-expired', 'gateway-key-unknown', 'gateway-key-used'] as const),
  ...(['gateway-not-yours', 'gateway-proof-forged', 'gateway-proof-replayed', 'gateway-unknown', 'gateway-version'] as const),
]);

/** Counts refused requests by address, and writes them to the audit trail. One for each web process. */
export interface RefusalLog {
  /** @throws GatewayRefusedError `gateway-too-many-requests` */
  check(address: string): void;
  /** `claimed`: the gateway that the request said it was of. */
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

/** Adds an entry; the oldest one makes room. */
function keep<V>(entries: Map<string, V>, key: string, value: V): void {
  entries.delete(key);
  const [oldest] = entries.keys();
  if (entries.size >= ENTRIES_MAX && oldest !== undefined) entries.delete(oldest);
  entries.set(key, value);
}
