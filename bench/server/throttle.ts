/** Throttling of the server: none, every n-th request, or a token bucket as documented for the directory service. */
export type Throttling =
  | { readonly kind: 'none' }
  | { readonly kind: 'every'; readonly nth: number; readonly retryAfterSeconds: number }
  | { readonly kind: 'quota'; readonly units: number; readonly perSeconds: number; readonly counts?: 'directory' | 'reports' };

export interface Refusal {
  readonly status: 429;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const BODY = Buffer.from(
  JSON.stringify({ error: { code: 'TooManyRequests', message: 'Please retry again later.', innerError: { code: '429' } } }),
);

/** Resource units of a request with `$select` (Graph doc "Throttling limits", identity and access). */
export function unitsOf(path: string): number {
  return /^\/groups\/[^/]+\/members/.test(path) ? 2 : 1;
}

/** Whether a request counts against the quota: authentication methods have a separate one. */
function isCounted({ counts = 'directory' }: Extract<Throttling, { kind: 'quota' }>, path: string): boolean {
  return counts === 'directory' || /^\/users\/[^/]+\/authentication\//.test(path);
}

/**
 * Decides on each request; items of a batch count separately. Answers have headers with the cost and, above 80 % of the
 * quota, the utilisation.
 */
export class Throttle {
  readonly #throttling: Throttling;
  #requests = 0;
  #level: number;
  #at = performance.now();
  /** Requests and batch items that were answered with 429. */
  refused = 0;
  /** Admitted requests and batch items, and their cost. */
  granted = 0;
  units = 0;

  constructor(throttling: Throttling) {
    this.#throttling = throttling;
    this.#level = throttling.kind === 'quota' ? throttling.units : 0;
  }

  /** Null: admitted; add `headers` to the answer. */
  check(path: string, headers: Record<string, string>): Refusal | null {
    const rule = this.#throttling;
    this.#requests++;
    if (rule.kind === 'every' && this.#requests % rule.nth === 0) return this.#refuse(rule.retryAfterSeconds, {});
    const units = unitsOf(path);
    if (rule.kind === 'quota' && isCounted(rule, path)) {
      const refusal = this.#charge(rule, units, headers);
      if (refusal !== null) return refusal;
    }
    this.granted++;
    if (rule.kind !== 'quota' || isCounted(rule, path)) this.units += units;
    return null;
  }

  #charge(rule: Extract<Throttling, { kind: 'quota' }>, units: number, headers: Record<string, string>): Refusal | null {
    const perMs = rule.units / (rule.perSeconds * 1000);
    const now = performance.now();
    this.#level = Math.min(rule.units, this.#level + (now - this.#at) * perMs);
    this.#at = now;
    if (this.#level < units) {
      return this.#refuse(Math.max(1, Math.ceil((units - this.#level) / perMs / 1000)), {
        'x-ms-throttle-information': 'ResourceUnitLimitExceeded',
        'x-ms-throttle-scope': 'Tenant_Application/Read/bench/bench',
      });
    }
    this.#level -= units;
    // Services other than the directory do not report the use of their quotas.
    if (rule.counts === 'reports') return null;
    headers['x-ms-resource-unit'] = String(units);
    const share = 1 - this.#level / rule.units;
    if (share > 0.8) headers['x-ms-throttle-limit-percentage'] = share.toFixed(2);
    return null;
  }

  #refuse(seconds: number, headers: Record<string, string>): Refusal {
    this.refused++;
    return { status: 429, headers: { ...headers, 'retry-after': String(seconds) }, body: BODY };
  }
}
