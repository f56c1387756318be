import { CHAINS_MAX } from '#lib/domain/partition.ts';
import { AsyncQueue } from '#lib/platform/async-queue.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { GraphClient } from './client.ts';
import { GraphError } from './graph-error.ts';
import { beginPage, type ComingPage, type GraphPage, LinkGuard, RESTART_CODES } from './pages.ts';
import { createWaitMeter } from './wait-meter.ts';

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
  readonly instead?: readonly PartStart[];
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
  /** The first page of a part was refused: true when `urlOf` now answers something that may pass. */
  readonly repair: (error: GraphError) => Promise<boolean>;
  /** Whether a part may be read again from its start: rows that come twice are told apart by their key. */
  readonly restartable: boolean;
  readonly signal: AbortSignal;
}

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

class Reading {
  readonly #options: ReadPartsOptions;
  /** What is left after the pages that were handed out. */
  readonly #left = new Map<string, string | null>();
  readonly #queue = new AsyncQueue<Fetched>(QUEUE_BYTES);
  readonly #meter;
  #ready: PartStart[];
  #open: readonly PartState[];
  #notes: string[] = [];
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
    return { body, requests, throttledMs: this.#meter.take(), left, notes };
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
    for (let restarts = 0, from = part.link; ; restarts++, from = null) {
      try {
        await this.#readChain(part, from);
        return;
      } catch (error) {
        if (part.instead !== undefined && isRefusedFilter(error)) {
          this.#replace([part], part.instead);
          this.#ready.push(...part.instead);
          return;
        }
        const again = error instanceof AppError && RESTART_CODES.has(error.code) && this.#options.restartable;
        if (!again || restarts >= RESTARTS_MAX) throw error;
        this.#notes.push(`${error.problem.title} The part was read again from its start.`);
      }
    }
  }

  /** One chain of pages; the next page is asked for as soon as its link is known, before the rows of this one are all here. */
  async #readChain(part: PartStart, from: string | null): Promise<void> {
    const guard = new LinkGuard();
    let coming: ComingPage | null = from === null ? await this.#beginFirst(part) : this.#follow(from, guard);
    try {
      while (coming !== null) {
        const nextLink: string | null = await coming.nextLink;
        const { page }: ComingPage = coming;
        coming = nextLink === null ? null : this.#follow(nextLink, guard);
        const fetched = await page;
        guard.brought(fetched);
        await this.#queue.push({ part, page: fetched }, fetched.body.byteLength);
      }
    } finally {
      // Left early: nobody takes what was asked for ahead.
      void coming?.page.then(() => this.#letGo()).catch(() => undefined);
    }
  }

  async #beginFirst(part: PartStart): Promise<ComingPage> {
    const { urlOf, repair } = this.#options;
    for (;;) {
      const url = urlOf(part.filter);
      const coming = this.#send(url);
      try {
        if ((await coming.nextLink) === null) await coming.page;
        return coming;
      } catch (error) {
        if (!(error instanceof GraphError)) throw error;
        // Another chain met the same and has mended it.
        if (urlOf(part.filter) === url && !(await repair(error))) throw error;
      }
    }
  }

  #follow(url: string, guard: LinkGuard): ComingPage {
    guard.follow(url);
    return this.#send(url);
  }

  #send(url: string): ComingPage {
    const { client, headers, signal } = this.#options;
    const begun = this.#room().then(() => beginPage(client, { url, headers, signal, meter: this.#meter }));
    const page = begun.then(async (coming) => {
      try {
        const fetched = await coming.page;
        this.#pageBytes = Math.max(this.#pageBytes, fetched.body.byteLength);
        return fetched;
      } catch (error) {
        this.#letGo();
        throw error;
      }
    });
    // Awaited after the page before it is handed on; until then a failure must not count as unhandled.
    page.catch(() => undefined);
    return { page, nextLink: begun.then(({ nextLink }) => nextLink) };
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
