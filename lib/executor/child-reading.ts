import type { Column, DatasetDefinition } from '#lib/domain/dataset.ts';
import { BatchPool } from '#lib/graph/batch-pool.ts';
import type { BatchItem, ItemAnswer } from '#lib/graph/batch-wire.ts';
import { addChildRows, PageWriter } from '#lib/graph/child-rows.ts';
import type { GraphClient } from '#lib/graph/client.ts';
import type { GraphError } from '#lib/graph/graph-error.ts';
import { LinkGuard, RESTART_CODES } from '#lib/graph/pages.ts';
import { createWaitMeter } from '#lib/graph/wait-meter.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Page } from '#lib/reload/ports.ts';
import { ColumnRepair, type ColumnRepairOptions } from './column-repair.ts';
import { ADVANCED, collectionPath, isAdvanced } from './dataset-request.ts';
import { splitKeys } from './parent-path.ts';

/** A parent whose children could not be read. */
export interface ReadingFault {
  readonly parentId: string;
  readonly error: AppError;
}

interface ChildItem extends BatchItem {
  readonly parentId: string;
  /** Times that the parent was begun again because its links expired or went in circles. */
  readonly restarts: number;
  readonly isFirst: boolean;
  /** Columns that it asks for. */
  readonly asked: readonly Column[];
  /** Times in a row that it was refused. */
  readonly refusals: number;
}

/** Batches under way at once; the throttle may let out fewer. */
const BATCHES_MAX = 16;
/** A page is handed on when it has this many bytes, or rows of this many parents. */
const PAGE_BYTES = 2 << 20;
const PAGE_PARENTS = 400;
/** Rows that nobody takes: no further batch is sent. */
const HELD_BYTES = 16 << 20;
const RESTARTS_MAX = 3;
/** Times that a page is refused before the parent has failed. */
const REFUSALS_MAX = 6;
/** Refusals, and nothing else, after which the whole relation counts as refused. */
const REFUSED_MAX = 40;
/** Notes of one kind; the others are counted. */
const NOTES_MAX = 20;

/** Reads the children of parents through a pool of batches and keeps the state from which another could go on. */
export class ChildReading {
  readonly signal: AbortSignal;
  readonly faults: ReadingFault[] = [];
  readonly #graph: GraphClient;
  readonly #dataset: DatasetDefinition;
  readonly #pool: BatchPool<ChildItem>;
  readonly #meter;
  readonly #pageParents: number;
  readonly #page = new PageWriter();
  /** Parents that aren't done with the rows that were handed out or are in the page. */
  readonly #left = new Map<string, string | null>();
  /** Of parents whose first page said how many rows they have. */
  readonly #counted = new Map<string, { readonly rows: number; readonly total: number | null }>();
  /** Links that were followed, of parents whose children take several pages. */
  readonly #chains = new Map<string, LinkGuard>();
  #parentsInPage = 0;
  #short = 0;
  #passed = 0;
  #vanished = 0;
  #notes: string[] = [];
  #requests = 0;
  /** Refused items whose cause is looked for. */
  #mending = 0;
  readonly #columns: ColumnRepair;
  #ended = false;
  #failure: { readonly error: unknown } | null = null;
  #wake = (): void => undefined;
  #fed = (): void => undefined;

  constructor(
    graph: GraphClient,
    dataset: DatasetDefinition,
    { width = 'full', ...options }: ColumnRepairOptions & { readonly width?: 'full' | 'sample' },
  ) {
    const { signal } = options;
    this.#graph = graph;
    this.#columns = new ColumnRepair(graph, dataset, options);
    this.#pageParents = width === 'full' ? PAGE_PARENTS : 1;
    this.#dataset = dataset;
    this.signal = signal;
    this.#meter = createWaitMeter(graph.clock);
    this.#pool = new BatchPool({
      client: graph,
      batchesMax: width === 'full' ? BATCHES_MAX : 1,
      signal,
      meter: this.#meter,
      onAnswer: (item, answer) => this.#take(item, answer),
      onFailure: (error) => this.fail(error),
      onBatch: (requests) => {
        this.#requests += requests;
        this.#pool.hold(this.#page.size > HELD_BYTES);
        this.#fed();
        this.#wake();
      },
    });
  }

  /** What is left to read after the rows handed out, by parent; null = from its first page. */
  get left(): ReadonlyMap<string, string | null> {
    return this.#left;
  }

  /** Answers with rows. */
  get passed(): number {
    return this.#passed;
  }

  begin(links: ReadonlyMap<string, string | null>): void {
    for (const [parentId, link] of links) this.#left.set(parentId, link);
    this.#pool.add([...links].map(([parentId, link]) => this.#item(parentId, link, 0)));
  }

  /** Requests that were made for the parents. */
  count(requests: number): void {
    this.#requests += requests;
  }

  /** No more parents come. */
  end(): void {
    this.#ended = true;
    this.#pool.end();
    this.#wake();
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#fed();
    this.#wake();
  }

  /** Resolves when fewer than `parents` wait. */
  async hunger(parents: number): Promise<void> {
    while (this.#pool.waiting >= parents && this.#failure === null && !this.signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#fed = resolve;
      });
    }
  }

  async *pages(): AsyncGenerator<Omit<Page, 'cursor'>> {
    for (;;) {
      if (this.#failure !== null) throw this.#failure.error;
      const done = this.#ended && this.#pool.idle && this.#mending === 0;
      if (done || this.#page.size >= PAGE_BYTES || this.#parentsInPage >= this.#pageParents) yield this.#takePage(done);
      else await this.#woken();
      if (done) return;
    }
  }

  #takePage(last: boolean): Omit<Page, 'cursor'> {
    const notes = this.#notes;
    if (last && this.#vanished > NOTES_MAX) notes.push(`${this.#vanished - NOTES_MAX} more were deleted while reading.`);
    const requests = this.#requests + this.#columns.takeRequests();
    const page = { body: this.#page.take(), requests, throttledMs: this.#meter.take(), ...this.#columns.told };
    this.#notes = [];
    this.#requests = 0;
    this.#parentsInPage = 0;
    this.#pool.hold(false);
    return { ...page, ...(notes.length === 0 ? {} : { notes }) };
  }

  async #woken(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  #item(parentId: string, link: string | null, restarts: number): ChildItem {
    const { baseUrl } = this.#graph;
    if (link !== null && !link.startsWith(`${baseUrl}/`)) throw linkElsewhere();
    const asked = this.#columns.columns;
    const url = link === null ? collectionPath(this.#dataset, asked, { parentId }) : link.slice(baseUrl.length);
    const headers = isAdvanced(this.#dataset) ? { headers: ADVANCED } : {};
    return { parentId, restarts, isFirst: link === null, asked, refusals: 0, url, ...headers };
  }

  #take(item: ChildItem, answer: ItemAnswer): void {
    if (answer.ok) this.#passedBy(item, answer);
    else if (answer.error.status === 404 && item.isFirst) this.#vanishedNow(item.parentId);
    else if (RESTART_CODES.has(answer.error.code)) this.#failed(item, answer.error);
    else void this.#refused(item, answer.error).catch((error: unknown) => this.fail(error));
  }

  /** Asks for the same again, or from the start without the columns that are proven to be refused; else the parent has failed. */
  async #refused(item: ChildItem, error: GraphError): Promise<void> {
    const { parentId, restarts, refusals } = item;
    this.#mending++;
    try {
      if (item.asked === this.#columns.columns) {
        if (await this.#columns.retry(error, refusals + 1)) {
          this.#pool.add([{ ...item, refusals: refusals + 1 }]);
          return;
        }
        const found = refusals > REFUSALS_MAX ? 'refused' : await this.#columns.repair(error, parentId);
        if (found === 'again') this.#pool.add([{ ...item, refusals: refusals + 1 }]);
        else if (found === 'refused') this.#failed(item, error);
        if (found !== 'fewer') return;
      }
      this.#beginAgain(parentId, restarts);
    } finally {
      this.#mending--;
      this.#wake();
    }
  }

  #beginAgain(parentId: string, restarts: number): void {
    this.#left.set(parentId, null);
    this.#chains.delete(parentId);
    this.#counted.delete(parentId);
    this.#pool.add([this.#item(parentId, null, restarts)]);
  }

  #passedBy(item: ChildItem, { bytes, body }: Extract<ItemAnswer, { ok: true }>): void {
    const { parentId } = item;
    this.#passed++;
    const { nextLink, rows, total } = addChildRows(this.#page, bytes, body, ...this.#keysOf(parentId));
    const before = item.isFirst ? { rows: 0, total } : (this.#counted.get(parentId) ?? { rows: 0, total: null });
    this.#compare(parentId, { rows: before.rows + rows, total: before.total }, nextLink === null);
    if (nextLink === null) this.#done(parentId);
    else this.#follow(item, nextLink, bytes.subarray(body.from, body.to));
  }

  /** A link that comes back, or pages that stay the same, lead to no end. */
  #follow(item: ChildItem, nextLink: string, body: Uint8Array): void {
    const { parentId, restarts } = item;
    const chain = this.#chains.get(parentId) ?? new LinkGuard();
    this.#chains.set(parentId, chain);
    try {
      chain.brought({ body });
      chain.follow(nextLink);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#failed(item, error);
      return;
    }
    this.#left.set(parentId, nextLink);
    this.#pool.add([this.#item(parentId, nextLink, restarts)]);
  }

  /** The parent's own key, and that of the object that it hangs on, if it does. */
  #keysOf(parentId: string): [string, string?] {
    if (this.#dataset.parent?.above === undefined) return [parentId];
    const [above = '', own = ''] = splitKeys(parentId);
    return [own, above];
  }

  /** What Graph counted of a parent's rows (it does so in advanced queries only) against what it sent. */
  #compare(parentId: string, counted: { readonly rows: number; readonly total: number | null }, ended: boolean): void {
    if (!ended) {
      this.#counted.set(parentId, counted);
      return;
    }
    this.#counted.delete(parentId);
    const { rows, total } = counted;
    if (total === null || rows >= total || this.#short++ >= NOTES_MAX) return;
    this.#notes.push(`Graph counted ${total} rows of ${this.#dataset.parent?.path ?? ''}/${parentId} but sent ${rows}.`);
  }

  #vanishedNow(parentId: string): void {
    this.#done(parentId);
    // Of a relation to one object it says that there is none.
    if (this.#dataset.read.single || this.#vanished++ >= NOTES_MAX) return;
    this.#notes.push(`${this.#dataset.parent?.path ?? ''}/${parentId} was deleted while reading; it has no rows.`);
  }

  /** The parent is begun again where that may cure it; else it is one whose rows are missing. */
  #failed({ parentId, restarts }: ChildItem, error: AppError): void {
    if (RESTART_CODES.has(error.code) && restarts < RESTARTS_MAX) {
      this.#beginAgain(parentId, restarts + 1);
      return;
    }
    this.faults.push({ parentId, error });
    if (this.#passed === 0 && this.faults.length >= REFUSED_MAX) this.fail(error);
  }

  #done(parentId: string): void {
    this.#left.delete(parentId);
    this.#chains.delete(parentId);
    this.#parentsInPage++;
  }
}

function linkElsewhere(): AppError {
  return new AppError({
    code: 'link-to-other-host',
    title: 'Graph named a link on another host; it was not followed.',
    remedy: 'Check the Graph Base URL: a proxy may rewrite answers.',
    fixer: 'operator',
  });
}
