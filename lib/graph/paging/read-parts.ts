import { CHAINS_MAX } from '#lib/domain/dataset/partition.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { GraphError } from '#lib/graph/client/graph-error.ts';
import { createWaitMeter } from '#lib/graph/limits/wait-meter.ts';
import { AsyncQueue } from '#lib/platform/async/async-queue.ts';
import { AppError } from '#lib/platform/errors.ts';
import { LinkGuard } from './link-guard.ts';
import { beginPage, type GraphPage, type PendingPage, RESTART_CODES } from './pages.ts';

/** A part of a collection and the position up to which it was read. */
export interface PartState {
  /** `$filter`; '' = all rows. */
  readonly filter: string;
  /** URL of the next page; null = the first page. */
  readonly link: string | null;
}

/** A part that still has to be read. */
export interface PartStart extends PartState {
  /** Counted rows: larger parts are started first. */
  readonly rows: number;
  /** Parts that are read instead when Graph refuses this filter (HTTP 400). */
  readonly fallbacks?: readonly PartStart[];
}

/** Parts that were found while others were read. `open` replaces the `open` parts of the step before. */
export interface FoundParts {
  readonly ready: readonly PartStart[];
  readonly open: readonly PartState[];
}

export interface ReadPartsOptions {
  readonly client: GraphClient;
  readonly urlOf: (filter: string) => string;
  readonly headers: Readonly<Record<string, string>>;
  /** Called after the `refusals`-th consecutive refusal of a page; waits, and answers whether to request the same page again. */
  readonly retry: (error: GraphError, refusals: number) => Promise<boolean>;
  /** Called when a page stays refused; see Repair. */
  readonly repair: (error: GraphError) => Promise<PartRepair>;
  /** Whether a part may be read again from its start: the key identifies rows that were read twice. */
  readonly restartable: boolean;
  readonly signal: AbortSignal;
}

/**
 * Result of the search for the cause of a refusal. `fewer`: `urlOf` now selects fewer columns, and the part is read from its start. `again`:
 * Graph accepts the same request now. `refused`: the refusal is final.
 */
export type PartRepair = 'fewer' | 'again' | 'refused';

export interface PartPage {
  readonly body: Uint8Array;
  readonly requests: number;
  readonly throttledMs: number;
  /** Parts that remain after this page and those before it; empty = this was the last page. */
  readonly remaining: readonly PartState[];
  readonly notes: readonly string[];
}

/** Bound of the pages that wait for the engine, bytes. */
const QUEUE_BYTES = 16 << 20;
/** Bound of all pages that are requested, being received or waiting, bytes: pages of the usual size for all chains. */
const HELD_BYTES = 48 << 20;
/** Assumed size of a page until one has been received. */
const PAGE_BYTES_ASSUMED = 1 << 20;
/** Restarts of a part after its links expired or looped. */
const RESTARTS_MAX = 3;
/** Repairs of a part after a page of it was refused for good. */
const REPAIRS_MAX = 6;
const NO_ROWS = Buffer.from('{"value":[]}');

/**
 * Reads parts of a collection, several chains of pages concurrently, and yields the pages as they arrive. Every page names the parts that
 * remain, so that a caller that kept it and the pages before it can resume from there.
 * @param found finer parts that are found meanwhile; they replace `start.open`.
 */
export async function* readParts(
  options: ReadPartsOptions,
  start: { readonly ready: readonly PartStart[]; readonly open: readonly PartState[] },
  found: AsyncIterable<FoundParts> | null,
): AsyncGenerator<PartPage> {
  const stop = new AbortController();
  const reader = new PartsReader({ ...options, signal: AbortSignal.any([options.signal, stop.signal]) }, start);
  try {
    yield* reader.pages(found);
  } finally {
    stop.abort();
  }
}

interface Fetched {
  readonly part: PartStart;
  readonly page: GraphPage;
}

/** State of a part that is being read. */
interface Chain {
  /** Link of the next page; null = the first page. */
  at: string | null;
  /** Whether rows of it may have been yielded. */
  begun: boolean;
  /** URL of its first page. */
  startUrl: string;
  restarts: number;
  repairs: number;
}

class PartsReader {
  readonly #options: ReadPartsOptions;
  /** Parts that remain after the pages that were yielded: link of the next page by filter. */
  readonly #remaining = new Map<string, string | null>();
  readonly #queue = new AsyncQueue<Fetched>(QUEUE_BYTES);
  readonly #meter;
  #ready: PartStart[];
  #open: readonly PartState[];
  #notes: string[] = [];
  /** Failed requests since the last page was yielded. */
  #refused = 0;
  #running = 0;
  #isCollecting = false;
  /** Pages that are requested and not yet taken by the engine. */
  #heldPages = 0;
  #pageBytes = PAGE_BYTES_ASSUMED;
  #waiting: (() => void)[] = [];

  constructor(options: ReadPartsOptions, start: { readonly ready: readonly PartStart[]; readonly open: readonly PartState[] }) {
    this.#options = options;
    this.#meter = createWaitMeter(options.client.clock);
    this.#ready = [...start.ready];
    this.#open = start.open;
    for (const { filter, link } of [...start.ready, ...start.open]) this.#remaining.set(filter, link);
  }

  async *pages(found: AsyncIterable<FoundParts> | null): AsyncGenerator<PartPage> {
    if (found !== null) void this.#collectFound(found);
    this.#begin();
    let ended = false;
    for await (const { part, page } of this.#queue) {
      if (page.nextLink === null) this.#remaining.delete(part.filter);
      else this.#remaining.set(part.filter, page.nextLink);
      ended = this.#remaining.size === 0;
      yield this.#toPage(page.body, page.requests);
      this.#releasePage();
    }
    if (!ended) yield this.#toPage(NO_ROWS, 0);
  }

  #toPage(body: Uint8Array, requests: number): PartPage {
    const notes = this.#notes;
    this.#notes = [];
    const remaining = [...this.#remaining].map(([filter, link]) => ({ filter, link }));
    const refused = this.#refused;
    this.#refused = 0;
    return { body, requests: requests + refused, throttledMs: this.#meter.take(), remaining, notes };
  }

  async #collectFound(found: AsyncIterable<FoundParts>): Promise<void> {
    this.#isCollecting = true;
    try {
      for await (const { ready, open } of found) {
        this.#replace(this.#open, [...ready, ...open]);
        this.#open = open;
        this.#ready.push(...ready);
        this.#begin();
      }
      this.#isCollecting = false;
      this.#begin();
    } catch (error) {
      this.#queue.end(error);
    }
  }

  #replace(before: readonly PartState[], after: readonly PartState[]): void {
    for (const { filter } of before) this.#remaining.delete(filter);
    for (const { filter, link } of after) this.#remaining.set(filter, link);
  }

  /** Starts chains, the largest part first, so that the last one to end is short. */
  #begin(): void {
    this.#ready.sort((a, b) => b.rows - a.rows);
    while (this.#running < CHAINS_MAX) {
      const part = this.#ready.shift();
      if (part === undefined) break;
      this.#running++;
      void this.#readPart(part)
        .then(() => {
          this.#running--;
          this.#begin();
        })
        .catch((error: unknown) => this.#queue.end(error));
    }
    if (this.#running === 0 && !this.#isCollecting) this.#queue.end();
  }

  async #readPart(part: PartStart): Promise<void> {
    const chain: Chain = { at: part.link, begun: part.link !== null, startUrl: '', restarts: 0, repairs: 0 };
    for (;;) {
      chain.startUrl = this.#options.urlOf(part.filter);
      try {
        await this.#readChain(part, chain);
        return;
      } catch (error) {
        if (part.fallbacks !== undefined && isRefusedFilter(error)) {
          this.#replace([part], part.fallbacks);
          this.#ready.push(...part.fallbacks);
          return;
        }
        await this.#resume(part, chain, error);
      }
    }
  }

  /** Sets the chain to the position where it resumes after a failure. @throws the failure when it can't resume. */
  async #resume({ filter }: PartStart, chain: Chain, error: unknown): Promise<void> {
    const { restartable, repair, urlOf } = this.#options;
    if (error instanceof AppError && RESTART_CODES.has(error.code)) {
      if (!restartable || chain.restarts++ >= RESTARTS_MAX) throw error;
      this.#notes.push(`${error.problem.title} Entrada read this part again from its start.`);
      chain.at = null;
      return;
    }
    if (!(error instanceof GraphError) || chain.repairs++ >= REPAIRS_MAX) throw error;
    // Another chain may have had the same refusal and found the cause.
    const found = urlOf(filter) === chain.startUrl ? await repair(error) : 'fewer';
    if (found === 'refused' || (found === 'fewer' && chain.begun && !restartable)) throw error;
    if (found === 'fewer') chain.at = null;
  }

  /** Reads one chain of pages; requests the next page as soon as its link is known, while the rows of this one are received. */
  async #readChain(part: PartStart, chain: Chain): Promise<void> {
    const guard = new LinkGuard();
    // A refused filter with fallbacks is not requested again: the fallbacks are read instead.
    const retry = part.fallbacks === undefined || chain.at !== null;
    let pending: PendingPage | null = this.#follow(chain.at ?? chain.startUrl, guard, retry);
    try {
      while (pending !== null) {
        const nextLink: string | null = await pending.nextLink;
        const { page }: PendingPage = pending;
        pending = nextLink === null ? null : this.#follow(nextLink, guard);
        const fetched = await page;
        guard.checkProgress(fetched);
        await this.#queue.push({ part, page: fetched }, fetched.body.byteLength);
        chain.at = nextLink;
        chain.begun = true;
      }
    } finally {
      // After a failure nobody takes the page that was requested ahead.
      void pending?.page.then(() => this.#releasePage()).catch(() => undefined);
    }
  }

  #follow(url: string, guard: LinkGuard, retry = true): PendingPage {
    guard.follow(url);
    const { promise: nextLink, resolve } = Promise.withResolvers<string | null>();
    const page = this.#fetch(url, { onLink: resolve, retry });
    // Awaited only after the page before it was queued; until then a failure must not count as an unhandled rejection.
    page.then(
      (fetched) => resolve(fetched.nextLink),
      () => resolve(null),
    );
    return { page, nextLink };
  }

  async #fetch(
    url: string,
    { onLink, retry }: { readonly onLink: (link: string) => void; readonly retry: boolean },
  ): Promise<GraphPage> {
    const { client, headers, signal } = this.#options;
    await this.#waitForCapacity();
    try {
      for (let refusals = 0; ; ) {
        const pending = beginPage(client, { url, headers, signal, meter: this.#meter });
        void pending.nextLink.then((link) => (link === null ? undefined : onLink(link)));
        try {
          const page = await pending.page;
          this.#pageBytes = Math.max(this.#pageBytes, page.body.byteLength);
          return page;
        } catch (error) {
          this.#refused++;
          if (!retry || !(error instanceof GraphError) || RESTART_CODES.has(error.code)) throw error;
          if (!(await this.#options.retry(error, ++refusals))) throw error;
        }
      }
    } catch (error) {
      this.#releasePage();
      throw error;
    }
  }

  /** Waits until one more page may be requested. */
  async #waitForCapacity(): Promise<void> {
    while (this.#heldPages > 0 && (this.#heldPages + 1) * this.#pageBytes > HELD_BYTES) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#heldPages++;
  }

  #releasePage(): void {
    this.#heldPages--;
    this.#waiting.shift()?.();
  }
}

function isRefusedFilter(error: unknown): boolean {
  return error instanceof GraphError && error.status === 400 && !RESTART_CODES.has(error.code);
}
