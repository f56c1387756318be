import { CHAINS_MAX } from '#lib/domain/dataset/partition.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { GraphError } from '#lib/graph/client/graph-error.ts';
import { createWaitMeter } from '#lib/graph/limits/wait-meter.ts';
import { AsyncQueue } from '#lib/platform/async/async-queue.ts';
import { AppError } from '#lib/platform/errors.ts';
import { beginPage, type ComingPage, type GraphPage, LinkGuard, RESTART_CODES } from './pages.ts';

/** A part of a collection, and how far it is read. */
export interface PartState {
  /** `$filter`; '' = all rows. */
  readonly filter: string;
  /** Where it goes on; null = at its first page. */
  readonly link: string | null;
}

/** A part that is yet to be read. */
export interface PartStart extends PartState {
  /** Rows that were counted: larger parts are begun first. */
  readonly rows: number;
  /** Parts that are read instead when Graph refuses this filter. */
  readonly fallbacks?: readonly PartStart[];
}

/** Parts that are found while others are read. `open` parts take the place of those of the step before. */
export interface PartsFound {
  readonly ready: readonly PartStart[];
  readonly open: readonly PartState[];
}

export interface ReadPartsOptions {
  readonly client: GraphClient;
  readonly urlOf: (filter: string) => string;
  readonly headers: Readonly<Record<string, string>>;
  /** A page was refused so many times in a row: whether to ask for the same again (after a wait). */
  readonly retry: (error: GraphError, refusals: number) => Promise<boolean>;
  /** A page stays refused: see Repair. */
  readonly repair: (error: GraphError) => Promise<Repair>;
  /** Whether a part may be read again from its start: rows that come twice are told apart by their key. */
  readonly restartable: boolean;
  readonly signal: AbortSignal;
}

/**
 * What came of looking for the cause of a refusal. `fewer`: `urlOf` now asks for less, and the part is read from its start. `again`: Graph
 * takes what it refused, so the refusal has passed. `refused`: it stands.
 */
export type Repair = 'fewer' | 'again' | 'refused';

export interface PartPage {
  readonly body: Uint8Array;
  readonly requests: number;
  readonly throttledMs: number;
  /** What is left to read after this page and those before it; empty = this was the last. */
  readonly left: readonly PartState[];
  readonly notes: readonly string[];
}

/** Bytes of pages that wait for the engine. */
const QUEUE_BYTES = 16 << 20;
/** Bytes of all pages that are asked for, on their way, or waiting; for as many chains as there are at their usual size. */
const HELD_BYTES = 48 << 20;
/** What a page is taken for before one has come. */
const PAGE_BYTES_ASSUMED = 1 << 20;
/** Times that a part is begun again after its links expired or went in circles. */
const RESTARTS_MAX = 3;
/** Times that a part goes on after a page of it was refused for good. */
const REPAIRS_MAX = 6;
const NO_ROWS = Buffer.from('{"value":[]}');

/**
 * Reads parts of a collection, many chains of pages at once, and hands out their pages as they come. Every page says what is left, so that
 * whoever has it and those before it can go on from there.
 * @param found parts that are still being told apart; in `start` stands what they are parts of.
 */
export async function* readParts(
  options: ReadPartsOptions,
  start: { readonly ready: readonly PartStart[]; readonly open: readonly PartState[] },
  found: AsyncIterable<PartsFound> | null,
): AsyncGenerator<PartPage> {
  const stop = new AbortController();
  const reading = new Reading({ ...options, signal: AbortSignal.any([options.signal, stop.signal]) }, start);
  try {
    yield* reading.pages(found);
  } finally {
    stop.abort();
  }
}

interface Fetched {
  readonly part: PartStart;
  readonly page: GraphPage;
}

/** A part on its way. */
interface Chain {
  /** Link of the page that is read next; null = the first one. */
  at: string | null;
  /** Rows of it may have been handed out. */
  begun: boolean;
  /** URL of its first page. */
  asked: string;
  restarts: number;
  repairs: number;
}

class Reading {
  readonly #options: ReadPartsOptions;
  /** What is left after the pages that were handed out. */
  readonly #left = new Map<string, string | null>();
  readonly #queue = new AsyncQueue<Fetched>(QUEUE_BYTES);
  readonly #meter;
  #ready: PartStart[];
  #open: readonly PartState[];
  #notes: string[] = [];
  /** Requests that failed since the last page was handed out. */
  #refused = 0;
  #running = 0;
  #looking = false;
  /** Pages that are asked for and not yet taken by the engine. */
  #held = 0;
  #pageBytes = PAGE_BYTES_ASSUMED;
  #waiting: (() => void)[] = [];

  constructor(options: ReadPartsOptions, start: { readonly ready: readonly PartStart[]; readonly open: readonly PartState[] }) {
    this.#options = options;
    this.#meter = createWaitMeter(options.client.clock);
    this.#ready = [...start.ready];
    this.#open = start.open;
    for (const { filter, link } of [...start.ready, ...start.open]) this.#left.set(filter, link);
  }

  async *pages(found: AsyncIterable<PartsFound> | null): AsyncGenerator<PartPage> {
    if (found !== null) void this.#lookOut(found);
    this.#begin();
    let ended = false;
    for await (const { part, page } of this.#queue) {
      if (page.nextLink === null) this.#left.delete(part.filter);
      else this.#left.set(part.filter, page.nextLink);
      ended = this.#left.size === 0;
      yield this.#toPage(page.body, page.requests);
      this.#letGo();
    }
    if (!ended) yield this.#toPage(NO_ROWS, 0);
  }

  #toPage(body: Uint8Array, requests: number): PartPage {
    const notes = this.#notes;
    this.#notes = [];
    const left = [...this.#left].map(([filter, link]) => ({ filter, link }));
    const refused = this.#refused;
    this.#refused = 0;
    return { body, requests: requests + refused, throttledMs: this.#meter.take(), left, notes };
  }

  async #lookOut(found: AsyncIterable<PartsFound>): Promise<void> {
    this.#looking = true;
    try {
      for await (const { ready, open } of found) {
        this.#replace(this.#open, [...ready, ...open]);
        this.#open = open;
        this.#ready.push(...ready);
        this.#begin();
      }
      this.#looking = false;
      this.#begin();
    } catch (error) {
      this.#queue.end(error);
    }
  }

  #replace(before: readonly PartState[], after: readonly PartState[]): void {
    for (const { filter } of before) this.#left.delete(filter);
    for (const { filter, link } of after) this.#left.set(filter, link);
  }

  /** The largest first: the last chain to end is then a short one. */
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
    if (this.#running === 0 && !this.#looking) this.#queue.end();
  }

  async #readPart(part: PartStart): Promise<void> {
    const chain: Chain = { at: part.link, begun: part.link !== null, asked: '', restarts: 0, repairs: 0 };
    for (;;) {
      chain.asked = this.#options.urlOf(part.filter);
      try {
        await this.#readChain(part, chain);
        return;
      } catch (error) {
        if (part.fallbacks !== undefined && isRefusedFilter(error)) {
          this.#replace([part], part.fallbacks);
          this.#ready.push(...part.fallbacks);
          return;
        }
        await this.#goOn(part, chain, error);
      }
    }
  }

  /** Sets the chain to where it may go on after a failure. @throws the failure where it may not. */
  async #goOn({ filter }: PartStart, chain: Chain, error: unknown): Promise<void> {
    const { restartable, repair, urlOf } = this.#options;
    if (error instanceof AppError && RESTART_CODES.has(error.code)) {
      if (!restartable || chain.restarts++ >= RESTARTS_MAX) throw error;
      this.#notes.push(`${error.problem.title} The part was read again from its start.`);
      chain.at = null;
      return;
    }
    if (!(error instanceof GraphError) || chain.repairs++ >= REPAIRS_MAX) throw error;
    // Another chain may have met the same and found the cause.
    const found = urlOf(filter) === chain.asked ? await repair(error) : 'fewer';
    if (found === 'refused' || (found === 'fewer' && chain.begun && !restartable)) throw error;
    if (found === 'fewer') chain.at = null;
  }

  /** One chain of pages; the next page is asked for as soon as its link is known, before the rows of this one are all here. */
  async #readChain(part: PartStart, chain: Chain): Promise<void> {
    const guard = new LinkGuard();
    // A filter that is refused has parts to be read instead: no reason to ask again.
    const retry = part.fallbacks === undefined || chain.at !== null;
    let coming: ComingPage | null = this.#follow(chain.at ?? chain.asked, guard, retry);
    try {
      while (coming !== null) {
        const nextLink: string | null = await coming.nextLink;
        const { page }: ComingPage = coming;
        coming = nextLink === null ? null : this.#follow(nextLink, guard);
        const fetched = await page;
        guard.brought(fetched);
        await this.#queue.push({ part, page: fetched }, fetched.body.byteLength);
        chain.at = nextLink;
        chain.begun = true;
      }
    } finally {
      // Left early: nobody takes what was asked for ahead.
      void coming?.page.then(() => this.#letGo()).catch(() => undefined);
    }
  }

  #follow(url: string, guard: LinkGuard, retry = true): ComingPage {
    guard.follow(url);
    const { promise: nextLink, resolve } = Promise.withResolvers<string | null>();
    const page = this.#fetch(url, { onLink: resolve, retry });
    // Awaited after the page before it is handed on; until then a failure must not count as unhandled.
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
    await this.#room();
    try {
      for (let refusals = 0; ; ) {
        const coming = beginPage(client, { url, headers, signal, meter: this.#meter });
        void coming.nextLink.then((link) => (link === null ? undefined : onLink(link)));
        try {
          const page = await coming.page;
          this.#pageBytes = Math.max(this.#pageBytes, page.body.byteLength);
          return page;
        } catch (error) {
          this.#refused++;
          if (!retry || !(error instanceof GraphError) || RESTART_CODES.has(error.code)) throw error;
          if (!(await this.#options.retry(error, ++refusals))) throw error;
        }
      }
    } catch (error) {
      this.#letGo();
      throw error;
    }
  }

  /** Until one more page may be held. */
  async #room(): Promise<void> {
    while (this.#held > 0 && (this.#held + 1) * this.#pageBytes > HELD_BYTES) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#held++;
  }

  #letGo(): void {
    this.#held--;
    this.#waiting.shift()?.();
  }
}

function isRefusedFilter(error: unknown): boolean {
  return error instanceof GraphError && error.status === 400 && !RESTART_CODES.has(error.code);
}
