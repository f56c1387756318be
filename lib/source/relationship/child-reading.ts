import type { Column, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { UnprovenParent } from '#lib/domain/run/run.ts';
import { BatchPool } from '#lib/graph/batch/batch-pool.ts';
import type { BatchItem, ItemAnswer } from '#lib/graph/batch/batch-wire.ts';
import { addChildRows, addIdentities, type ChildRows, PageWriter } from '#lib/graph/batch/child-rows.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { GraphError } from '#lib/graph/client/graph-error.ts';
import { createWaitMeter } from '#lib/graph/limits/wait-meter.ts';
import { LinkGuard } from '#lib/graph/paging/link-guard.ts';
import { RESTART_CODES } from '#lib/graph/paging/pages.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Page } from '#lib/reload/engine/ports.ts';
import { ColumnRepair, type ColumnRepairOptions } from '#lib/source/collection/column-repair.ts';
import { ADVANCED, collectionPath, isAdvanced, parentPath } from '#lib/source/dataset-request.ts';
import { splitKeys } from '#lib/source/parent-path.ts';
import { assessParent, REREAD_WAITS_MS } from './parent-proof.ts';

interface ChildItem extends BatchItem {
  readonly parentId: string;
  readonly isFirst: boolean;
  /** Columns that it asks for; null: it is the parent itself, to learn whether it is still there. */
  readonly asked: readonly Column[] | null;
  /** Times in a row that it was refused. */
  readonly refusals: number;
}

type Passed = Extract<ItemAnswer, { ok: true }>;

/** What is known of a parent whose rows take more than one answer. */
interface OpenParent {
  /** Times that it was begun again because its links expired or went in circles. */
  restarts: number;
  /** Times that its rows were not found though the parent is there. */
  absences: number;
  /** What Graph counted in each reading. */
  readonly totals: (number | null)[];
  rows: number;
  /** Of a parent whose rows are counted: what tells those of this reading apart. */
  seen: Set<number>;
  chain: LinkGuard;
}

export interface ChildReadingOptions extends ColumnRepairOptions {
  /** `sample`: one batch at a time, for who wants some rows and then leaves. */
  readonly width?: 'full' | 'sample';
  /** Why an empty answer of a parent proves nothing; null: it does. */
  readonly hidden?: (parentId: string) => string | null;
  /** Waits before a parent is read again, milliseconds; for tests. */
  readonly waitsMs?: readonly number[];
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

/**
 * Reads the children of parents through a pool of batches and keeps the state from which another could go on. A parent counts as read
 * when its rows come to Graph's own count, where there is one; every other parent is said to be unproven, with the reason.
 */
export class ChildReading {
  readonly signal: AbortSignal;
  readonly #graph: GraphClient;
  readonly #dataset: DatasetDefinition;
  readonly #options: ChildReadingOptions;
  readonly #pool: BatchPool<ChildItem>;
  readonly #meter;
  readonly #pageParents: number;
  readonly #page = new PageWriter();
  /** Parents that aren't done with the rows that were handed out or are in the page. */
  readonly #left = new Map<string, string | null>();
  readonly #open = new Map<string, OpenParent>();
  #parentsInPage = 0;
  #passed = 0;
  #refused = 0;
  #refusal: AppError | null = null;
  #vanished = 0;
  #notes: string[] = [];
  #unseen: UnprovenParent[] = [];
  #failed: UnprovenParent[] = [];
  #requests = 0;
  /** Refused items whose cause is looked for. */
  #mending = 0;
  readonly #columns: ColumnRepair;
  #ended = false;
  #gap: string | null = null;
  #failure: { readonly error: unknown } | null = null;
  #wake = (): void => undefined;
  #fed = (): void => undefined;

  constructor(graph: GraphClient, dataset: DatasetDefinition, options: ChildReadingOptions) {
    const { signal, width = 'full' } = options;
    this.#graph = graph;
    this.#options = options;
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
        this.#pool.setPaused(this.#page.size > HELD_BYTES);
        this.#fed();
        this.#wake();
      },
    });
  }

  /** What is left to read after the rows handed out, by parent; null = from its first page. */
  get unfinished(): ReadonlyMap<string, string | null> {
    return this.#left;
  }

  /** Why nothing can be read: what the first parent was refused for, when no other passed; else null. */
  get refusal(): AppError | null {
    return this.#passed === 0 ? this.#refusal : null;
  }

  /** Parents that are counted begin with their first page, since only that tells the count. */
  begin(links: ReadonlyMap<string, string | null>): void {
    const counted = isAdvanced(this.#dataset);
    const items = [...links].map(([parentId, link]) => this.#item(parentId, counted ? null : link));
    for (const { parentId, isFirst } of items) this.#left.set(parentId, isFirst ? null : (links.get(parentId) ?? null));
    this.#pool.add(items);
  }

  /** Requests that were made for the parents. */
  count(requests: number): void {
    this.#requests += requests;
  }

  /** No more parents come. `gap`: why some may be missing. */
  end(gap: string | null = null): void {
    this.#ended = true;
    this.#gap = gap;
    this.#pool.end();
    this.#wake();
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#fed();
    this.#wake();
  }

  /** Resolves when fewer than `parents` wait. */
  async waitForCapacity(parents: number): Promise<void> {
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
    const [notes, unproven, failed] = [this.#notes, this.#unseen, this.#failed];
    if (last && this.#vanished > NOTES_MAX) notes.push(`${this.#vanished - NOTES_MAX} more were deleted while reading.`);
    const requests = this.#requests + this.#columns.takeRequests();
    const page = { body: this.#page.take(), requests, throttledMs: this.#meter.take(), ...this.#columns.unreadColumns };
    [this.#notes, this.#unseen, this.#failed] = [[], [], []];
    this.#requests = 0;
    this.#parentsInPage = 0;
    this.#pool.setPaused(false);
    return {
      ...page,
      ...(notes.length === 0 ? {} : { notes }),
      ...(unproven.length === 0 ? {} : { unproven }),
      ...(failed.length === 0 ? {} : { failed }),
      ...(last && this.#gap !== null ? { gap: this.#gap } : {}),
    };
  }

  async #woken(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  #item(parentId: string, link: string | null): ChildItem {
    const { baseUrl } = this.#graph;
    if (link !== null && !link.startsWith(`${baseUrl}/`)) throw linkElsewhere();
    const asked = this.#columns.columns;
    const url = link === null ? collectionPath(this.#dataset, asked, { parentId }) : link.slice(baseUrl.length);
    const headers = isAdvanced(this.#dataset) ? { headers: ADVANCED } : {};
    return { parentId, isFirst: link === null, asked, refusals: 0, url, ...headers };
  }

  #take(item: ChildItem, answer: ItemAnswer): void {
    if (item.asked === null) this.#takeParent(item, answer);
    else if (answer.ok) this.#takeRows(item, answer);
    else if (answer.error.status === 404 && item.isFirst) this.#absent(item);
    else if (RESTART_CODES.has(answer.error.code)) this.#failedBy(item, answer.error);
    else void this.#refusedBy(item, answer.error).catch((error: unknown) => this.fail(error));
  }

  /** Asks for the same again, or from the start without the columns that are proven to be refused; else the parent has failed. */
  async #refusedBy(item: ChildItem, error: GraphError): Promise<void> {
    const { parentId, refusals } = item;
    this.#mending++;
    try {
      if (item.asked === this.#columns.columns) {
        if (await this.#columns.retry(error, refusals + 1)) {
          this.#pool.add([{ ...item, refusals: refusals + 1 }]);
          return;
        }
        const found = refusals > REFUSALS_MAX ? 'refused' : await this.#columns.repair(error, parentId);
        if (found === 'again') this.#pool.add([{ ...item, refusals: refusals + 1 }]);
        else if (found === 'refused') this.#failedBy(item, error);
        if (found !== 'fewer') return;
      }
      this.#beginAgain(item);
    } finally {
      this.#mending--;
      this.#wake();
    }
  }

  #takeRows(item: ChildItem, answer: Passed): void {
    const { parentId, isFirst } = item;
    this.#passed++;
    const mark = this.#page.position();
    const page = addChildRows(this.#page, answer.bytes, answer.body, ...this.#keysOf(parentId));
    const known = this.#open.get(parentId);
    // Nearly every parent is read by one answer that comes to its count: nothing is kept of it.
    const open =
      known === undefined && page.nextLink === null && page.rows === page.total ? null : this.#counted(item, answer, page);
    if (page.nextLink !== null) {
      this.#follow(item, page.nextLink, answer);
      return;
    }
    const totals = open?.totals ?? [page.total];
    const counted = (totals.at(-1) ?? null) !== null;
    const rows = open === null ? page.rows : counted ? open.seen.size : open.rows;
    const verdict = assessParent({ rows, totals, hidden: this.#options.hidden?.(parentId) ?? null });
    const [id] = this.#keysOf(parentId);
    if (verdict.kind === 'unseen') this.#unseen.push({ id, reason: verdict.reason });
    if (verdict.kind === 'failed') this.#failed.push({ id, reason: verdict.reason });
    if (verdict.kind !== 'again') {
      this.#done(parentId);
      return;
    }
    // Of several pages some may be handed out already: what they brought comes again, and a key tells that.
    if (isFirst) this.#page.truncateTo(mark);
    this.#again(parentId, totals.length - 1);
  }

  /** Adds what a page says to what is known of its parent. */
  #counted({ parentId, isFirst }: ChildItem, { bytes, body }: Passed, page: ChildRows): OpenParent {
    const open = this.#opened(parentId);
    if (isFirst) {
      open.totals.push(page.total);
      open.rows = 0;
      open.seen = new Set();
      open.chain = new LinkGuard();
    }
    open.rows += page.rows;
    if ((open.totals.at(-1) ?? null) !== null) addIdentities(open.seen, bytes, body);
    return open;
  }

  #opened(parentId: string): OpenParent {
    const known = this.#open.get(parentId);
    if (known !== undefined) return known;
    const open = { restarts: 0, absences: 0, totals: [], rows: 0, seen: new Set<number>(), chain: new LinkGuard() };
    this.#open.set(parentId, open);
    return open;
  }

  /** Reads a parent once more, after a while. */
  #again(parentId: string, times: number): void {
    this.#left.set(parentId, null);
    const waits = this.#options.waitsMs ?? REREAD_WAITS_MS;
    this.#pool.addLater(this.#item(parentId, null), waits[Math.min(times, waits.length - 1)] ?? 0);
  }

  /** A link that comes back, or pages that stay the same, lead to no end. */
  #follow(item: ChildItem, nextLink: string, { bytes, body }: Passed): void {
    const { parentId } = item;
    const { chain } = this.#opened(parentId);
    try {
      chain.checkProgress({ body: bytes.subarray(body.from, body.to) });
      chain.follow(nextLink);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#failedBy({ ...item, isFirst: false }, error);
      return;
    }
    this.#left.set(parentId, nextLink);
    this.#pool.add([this.#item(parentId, nextLink)]);
  }

  /** The parent's own key, and that of the object that it hangs on, if it does. */
  #keysOf(parentId: string): [string, string?] {
    if (this.#dataset.parent?.above === undefined) return [parentId];
    const [above = '', own = ''] = splitKeys(parentId);
    return [own, above];
  }

  /** Of a relation to one object it says that there is none. Else it proves nothing: the parent itself is asked for. */
  #absent({ parentId }: ChildItem): void {
    if (this.#dataset.read.single) this.#done(parentId);
    else this.#pool.add([{ parentId, isFirst: false, asked: null, refusals: 0, url: parentPath(this.#dataset, parentId) }]);
  }

  #takeParent({ parentId }: ChildItem, answer: ItemAnswer): void {
    if (!answer.ok) {
      if (answer.error.status === 404) this.#vanishedNow(parentId);
      else this.#fault(parentId, answer.error);
      return;
    }
    const open = this.#opened(parentId);
    if (open.absences++ < REREAD_WAITS_MS.length) this.#again(parentId, open.absences - 1);
    else this.#failParent(parentId, 'Graph does not find its rows (404), but has the object itself');
  }

  #vanishedNow(parentId: string): void {
    this.#done(parentId);
    if (this.#vanished++ >= NOTES_MAX) return;
    this.#notes.push(`${this.#dataset.parent?.path ?? ''}/${parentId} was deleted while reading; it has no rows.`);
  }

  /** The parent is begun again where that may cure it; else it is one whose rows are missing. */
  #failedBy(item: ChildItem, error: AppError): void {
    const { parentId } = item;
    const open = this.#opened(parentId);
    if (!RESTART_CODES.has(error.code) || open.restarts++ >= RESTARTS_MAX) {
      this.#fault(parentId, error);
      return;
    }
    this.#beginAgain(item);
  }

  #beginAgain({ parentId, isFirst }: ChildItem): void {
    // A reading that broke off counted nothing.
    if (!isFirst) this.#open.get(parentId)?.totals.pop();
    this.#left.set(parentId, null);
    this.#pool.add([this.#item(parentId, null)]);
  }

  #fault(parentId: string, error: AppError): void {
    const { title, detail = title } = error.problem;
    this.#refusal ??= error;
    this.#refused++;
    this.#failParent(parentId, `${error instanceof GraphError ? `${error.status}: ` : ''}${detail}`);
    if (this.#passed === 0 && this.#refused >= REFUSED_MAX) this.fail(error);
  }

  #failParent(parentId: string, reason: string): void {
    this.#failed.push({ id: this.#keysOf(parentId)[0], reason });
    this.#done(parentId);
  }

  #done(parentId: string): void {
    this.#left.delete(parentId);
    this.#open.delete(parentId);
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
