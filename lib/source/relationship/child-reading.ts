import type { Column, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { ParentCounts } from '#lib/domain/run/run.ts';
import { BatchPool } from '#lib/graph/batch/batch-pool.ts';
import type { BatchItem, ItemAnswer } from '#lib/graph/batch/batch-wire.ts';
import { addChildRows } from '#lib/graph/batch/child-rows.ts';
import { linkToOtherHost } from '#lib/graph/client/answer-problems.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { GraphError } from '#lib/graph/client/graph-error.ts';
import { createWaitMeter } from '#lib/graph/limits/wait-meter.ts';
import { RESTART_CODES } from '#lib/graph/paging/pages.ts';
import type { AppError } from '#lib/platform/errors.ts';
import type { Page } from '#lib/reload/engine/ports.ts';
import { ColumnRepair, type ColumnRepairOptions } from '#lib/source/collection/column-repair.ts';
import { ADVANCED_QUERY_HEADERS, collectionPath, isAdvanced, parentPath } from '#lib/source/dataset-request.ts';
import { splitKeys } from '#lib/source/parent-path.ts';
import { ChildPage } from './child-page.ts';
import { type HiddenMembers, NONE_HIDDEN } from './hidden-members.ts';
import { ParentProgress, type ParentStep } from './parent-progress.ts';
import { REREAD_WAITS_MS } from './parent-proof.ts';

interface ChildItem extends BatchItem {
  readonly parentId: string;
  readonly isFirst: boolean;
  /** Columns that it asks for; null: it is the parent itself, to learn whether it is still there. */
  readonly asked: readonly Column[] | null;
  /** Times in a row that it was refused. */
  readonly refusals: number;
}

type Passed = Extract<ItemAnswer, { ok: true }>;

export interface ChildReadingOptions extends ColumnRepairOptions {
  /** `sample`: one batch at a time, for callers that need only some rows. */
  readonly width?: 'full' | 'sample';
  /** Parents whose empty answer proves nothing. A promise: what an empty answer means is decided when it is known. */
  readonly hidden?: HiddenMembers | Promise<HiddenMembers>;
  /** Called when another parent was read. */
  readonly onParents?: (parents: ParentCounts) => void;
  /** Waits before a parent is read again, milliseconds; for tests. */
  readonly waitsMs?: readonly number[];
}

/** Batches under way at once; the throttle may let out fewer. */
const BATCHES_MAX = 16;
/** Times that a page is refused before the parent has failed. */
const REFUSALS_MAX = 6;
/** Refusals, and nothing else, after which the whole relation counts as refused. */
const REFUSED_MAX = 40;
/**
 * Reads the children of parents through a pool of batches and keeps the state for resuming. A parent counts as read
 * when its rows sum up to Graph's own count, where there is one; every other parent is reported as unproven, with the reason.
 */
export class ChildReading {
  readonly signal: AbortSignal;
  readonly #graph: GraphClient;
  readonly #dataset: DatasetDefinition;
  readonly #options: ChildReadingOptions;
  readonly #pool: BatchPool<ChildItem>;
  readonly #meter;
  readonly #page: ChildPage;
  readonly #progress = new ParentProgress();
  /** Parents that aren't done with the rows that were handed out or are in the page. */
  readonly #left = new Map<string, string | null>();
  #parentsRead = 0;
  #parentsExpected: number | null = null;
  #passed = 0;
  #refused = 0;
  #refusal: AppError | null = null;
  /** Refused items whose cause is looked for, and empty answers whose meaning is. */
  #mending = 0;
  /** Null: not known yet. */
  #hidden: HiddenMembers | null = null;
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
    this.#page = new ChildPage(width);
    this.#dataset = dataset;
    this.signal = signal;
    this.#meter = createWaitMeter(graph.clock);
    const { hidden = NONE_HIDDEN } = options;
    if (!(hidden instanceof Promise)) this.#hidden = hidden;
    // Whoever waits for it gets the failure, too.
    else
      hidden.then(
        (found) => {
          this.#hidden = found;
          this.count(found.requests);
        },
        (error: unknown) => this.fail(error),
      );
    this.#pool = new BatchPool({
      client: graph,
      batchesMax: width === 'full' ? BATCHES_MAX : 1,
      signal,
      meter: this.#meter,
      onAnswer: (item, answer) => this.#take(item, answer),
      onFailure: (error) => this.fail(error),
      onBatch: (requests) => {
        this.#page.addRequests(requests);
        this.#pool.setPaused(this.#page.isHeld);
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

  /** Parents that are counted begin with their first page: only that one has the count. */
  begin(links: ReadonlyMap<string, string | null>): void {
    const counted = isAdvanced(this.#dataset);
    const items = [...links].map(([parentId, link]) => this.#item(parentId, counted ? null : link));
    for (const { parentId, isFirst } of items) this.#left.set(parentId, isFirst ? null : (links.get(parentId) ?? null));
    this.#pool.add(items);
  }

  /** Parents that another process has read before, and how many there are. */
  countParents(counts: Partial<ParentCounts>): void {
    this.#parentsRead += counts.read ?? 0;
    this.#parentsExpected = counts.expected ?? this.#parentsExpected;
  }

  /** Requests that were made for the parents. */
  count(requests: number): void {
    this.#page.addRequests(requests);
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
      if (done || this.#page.isFull) yield this.#takePage(done);
      else await this.#woken();
      if (done) return;
    }
  }

  #takePage(last: boolean): Omit<Page, 'cursor'> {
    const { requests, ...page } = this.#page.take(last);
    this.#pool.setPaused(false);
    return {
      ...page,
      requests: requests + this.#columns.takeRequests(),
      throttledMs: this.#meter.take(),
      ...this.#columns.unreadColumns,
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
    if (link !== null && !link.startsWith(`${baseUrl}/`)) throw linkToOtherHost();
    const asked = this.#columns.columns;
    const url = link === null ? collectionPath(this.#dataset, asked, { parentId }) : link.slice(baseUrl.length);
    const headers = isAdvanced(this.#dataset) ? { headers: ADVANCED_QUERY_HEADERS } : {};
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

  #takeRows(item: ChildItem, { bytes, body }: Passed): void {
    const { parentId, isFirst } = item;
    this.#passed++;
    const start = this.#page.rows.position();
    const page = addChildRows(this.#page.rows, bytes, body, ...this.#keysOf(parentId));
    if (page.rows === 0 && this.#hidden === null) return void this.#takeLater(item, { ok: true, bytes, body });
    const hidden = this.#hidden?.why(parentId) ?? null;
    const step = this.#progress.addPage(parentId, { isFirst, page, bytes, body, hidden });
    // Of several pages some may be handed out already: their rows come again and replace the earlier ones by key.
    if (step.kind === 'reread' && isFirst) this.#page.rows.truncateTo(start);
    this.#advance(item, step);
  }

  /** An empty answer is taken in once it is known whether the parent hides its rows; its bytes are the batch's until then. */
  async #takeLater(item: ChildItem, { bytes, body }: Passed): Promise<void> {
    const copy = bytes.slice(body.from, body.to);
    this.#mending++;
    try {
      await this.#options.hidden;
      this.#takeRows(item, { ok: true, bytes: copy, body: { from: 0, to: copy.length } });
    } catch (error) {
      this.fail(error);
    } finally {
      this.#mending--;
      this.#wake();
    }
  }

  #advance(item: ChildItem, step: ParentStep): void {
    const { parentId } = item;
    const [id] = this.#keysOf(parentId);
    if (step.kind === 'broken') this.#failedBy({ ...item, isFirst: false }, step.error);
    else if (step.kind === 'follow') {
      this.#left.set(parentId, step.link);
      this.#pool.add([this.#item(parentId, step.link)]);
    } else if (step.kind === 'reread') this.#again(parentId, step.times);
    else {
      if (step.kind === 'unseen') this.#page.addUnproven({ id, reason: step.reason });
      if (step.kind === 'failed') this.#page.addFailed({ id, reason: step.reason });
      this.#done(parentId);
    }
  }

  /** Reads a parent once more, after a while. */
  #again(parentId: string, times: number): void {
    this.#left.set(parentId, null);
    const waits = this.#options.waitsMs ?? REREAD_WAITS_MS;
    this.#pool.addLater(this.#item(parentId, null), waits[Math.min(times, waits.length - 1)] ?? 0);
  }

  /** The parent's own key, and that of its parent, if there is one. */
  #keysOf(parentId: string): [string, string?] {
    if (this.#dataset.parent?.above === undefined) return [parentId];
    const [above = '', own = ''] = splitKeys(parentId);
    return [own, above];
  }

  /** For a relation to one object it means that there is none. Otherwise it proves nothing: the parent itself is requested. */
  #absent({ parentId }: ChildItem): void {
    if (this.#dataset.read.single) this.#done(parentId);
    else this.#pool.add([{ parentId, isFirst: false, asked: null, refusals: 0, url: parentPath(this.#dataset, parentId) }]);
  }

  #takeParent(item: ChildItem, answer: ItemAnswer): void {
    const { parentId } = item;
    if (answer.ok) this.#advance(item, this.#progress.addAbsence(parentId));
    else if (answer.error.status !== 404) this.#fault(parentId, answer.error);
    else {
      this.#done(parentId);
      this.#page.addVanished(`${this.#dataset.parent?.path ?? ''}/${parentId}`);
    }
  }

  /** The parent is begun again where that may cure it; else it is one whose rows are missing. */
  #failedBy(item: ChildItem, error: AppError): void {
    if (RESTART_CODES.has(error.code) && this.#progress.mayRestart(item.parentId)) this.#beginAgain(item);
    else this.#fault(item.parentId, error);
  }

  #beginAgain({ parentId, isFirst }: ChildItem): void {
    if (!isFirst) this.#progress.dropReading(parentId);
    this.#left.set(parentId, null);
    this.#pool.add([this.#item(parentId, null)]);
  }

  #fault(parentId: string, error: AppError): void {
    const { title, detail = title } = error.problem;
    this.#refusal ??= error;
    this.#refused++;
    const reason = `${error instanceof GraphError ? `${error.status}: ` : ''}${detail}`;
    this.#page.addFailed({ id: this.#keysOf(parentId)[0], reason });
    this.#done(parentId);
    if (this.#passed === 0 && this.#refused >= REFUSED_MAX) this.fail(error);
  }

  #done(parentId: string): void {
    this.#left.delete(parentId);
    this.#progress.end(parentId);
    this.#page.addParent();
    this.#parentsRead++;
    this.#options.onParents?.({ read: this.#parentsRead, expected: this.#parentsExpected });
  }
}
