import { SMALL_DATASET_ROWS } from '#lib/domain/run/dataset-concurrency.ts';
import { abortable, raceAbort } from '#lib/platform/async/abortable.ts';
import type { Mutex } from '#lib/platform/async/mutex.ts';
import { removeDuplicates } from '#lib/reload/stage/duplicates.ts';
import { countRejected, settleRejected } from '#lib/reload/stage/rejected/rejected.ts';
import type { Stage } from '#lib/reload/stage/stage.ts';
import type { DatasetPlan } from '../plan.ts';
import type { Page, ReadOptions, Source } from '../ports.ts';
import type { RunReport } from '../run-report.ts';
import { findGap, IncompleteError } from './completeness.ts';
import { planWithout } from './plan-without.ts';
import type { RequestCount } from './request-count.ts';

/** A note of a collection that could be counted by its definition, and is not. */
const UNCOUNTED =
  'Graph sent no count of this collection. Entrada read all pages up to the last one, but could not compare the rows with a count.';

/** A dataset of more bytes is a large one, too; until then its pages wait on disk, and little of it is in memory. */
const SMALL_BYTES = 8 << 20;

export interface PageReadingDeps {
  readonly source: Source;
  /** The plan of the requests: without columns that are known to be unreadable. */
  readonly plan: DatasetPlan;
  readonly report: RunReport;
  readonly requests: RequestCount;
  /** Held by a large dataset from when it proves to be one until `end`. */
  readonly largeDatasetMutex?: Mutex;
  /** See ReadOptions. */
  readonly readBefore?: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/** Reads the pages of a dataset into its stage, and proves by `$count` that they are all. */
export class PageReading {
  #deps: PageReadingDeps;
  #releaseMutex: (() => void) | null = null;

  constructor(deps: PageReadingDeps) {
    this.#deps = deps;
  }

  /** From now on a part of the collection is read, and proven, by the plan's filter. */
  narrowTo(plan: DatasetPlan): void {
    this.#deps = { ...this.#deps, plan };
  }

  /** `$count` of now; null, with a note, where Graph does not count; null without one where it cannot. */
  async countNow(): Promise<number | null> {
    const { countable, dataset } = this.#deps.plan;
    if (!countable) return null;
    const count = await this.#count(dataset);
    if (count === null) this.#deps.report.note(UNCOUNTED);
    return count;
  }

  /** Reads what the stage lacks; pages are parsed while the next are read. `onLastPage` is called before the last ones are staged. */
  async read(stage: Stage, onLastPage: () => void): Promise<void> {
    const { source, plan } = this.#deps;
    const { checkpoint } = stage;
    if (checkpoint.cursor === null && !checkpoint.ended && plan.countable) {
      await stage.store.setExpectedRows(await this.#count(plan.dataset));
    }
    if (Math.max(stage.checkpoint.rowsExpected ?? 0, stage.staged.rows) > SMALL_DATASET_ROWS) await this.#lockAsLarge();
    if (checkpoint.ended) return;
    // Columns that an earlier worker could not read are not requested: the staged rows lack them.
    const asked = planWithout(plan, checkpoint.unread).dataset;
    await this.#stagePages(stage, source.read(asked, { cursor: checkpoint.cursor, ...this.#readOptions }), onLastPage);
  }

  /**
   * Compares `$count` with what is staged. Its index lags: rows that delta query has just reported may be in it or not.
   * @throws IncompleteError when rows are missing, also after the whole was read once more.
   */
  async prove(stage: Stage): Promise<void> {
    const { plan, report } = this.#deps;
    const countBefore = stage.checkpoint.rowsExpected;
    if (plan.countable && countBefore === null) report.note(UNCOUNTED);
    const staged = await countRows(stage);
    const facts = { staged, countBefore, countAfter: null, reported: stage.checkpoint.replay?.changedIdCount ?? 0 };
    if (countBefore === staged || findGap({ ...facts, reported: 0 }) === null) return;
    const countAfter = await this.#count(plan.dataset);
    const gap = findGap({ ...facts, countAfter });
    if (gap !== null) {
      const readAgain = staged < (countAfter ?? 0) && (await this.#readWhole(stage, gap));
      const left = readAgain ? findGap({ ...facts, staged: await countRows(stage), countAfter }) : gap;
      if (left !== null) throw new IncompleteError(plan.dataset.name, `${left} Nothing was compared, deleted or published.`);
      return;
    }
    report.note(`Rows changed while reading: Graph counted ${countBefore}, then ${countAfter}; ${staged} were read.`);
  }

  /** Lets the next large dataset begin. */
  end(): void {
    this.#releaseMutex?.();
  }

  get #readOptions(): Omit<ReadOptions, 'cursor'> {
    const { readBefore, signal, report } = this.#deps;
    return { signal, onParents: (parents) => report.setParents(parents), ...(readBefore === undefined ? {} : { readBefore }) };
  }

  #count(dataset: DatasetPlan['dataset']): Promise<number | null> {
    const { source, signal } = this.#deps;
    return raceAbort(source.count(dataset, signal), signal);
  }

  /** Waits until no other large dataset is being read or published; from then on to `end` this one is. */
  async #lockAsLarge(): Promise<void> {
    const { largeDatasetMutex, report, signal } = this.#deps;
    if (this.#releaseMutex !== null || largeDatasetMutex === undefined) return;
    if (largeDatasetMutex.isLocked) report.progress('waiting');
    this.#releaseMutex = await largeDatasetMutex.acquire(signal);
    report.progress('reading');
  }

  async #stagePages(stage: Stage, pages: AsyncIterable<Page>, onLastPage = (): void => undefined): Promise<void> {
    const { report, requests, signal } = this.#deps;
    let bytes = 0;
    try {
      for await (const page of abortable(pages, signal)) {
        bytes += page.body.byteLength;
        if (bytes > SMALL_BYTES) await this.#lockAsLarge();
        await stage.writer.add({ ...page, requests: requests.takeForPage(page.requests) });
        report.progress('reading');
      }
      onLastPage();
      await stage.writer.flush();
    } finally {
      await stage.writer.settle();
    }
    report.progress('reading');
  }

  /** Reads the whole once more when parts of it may have missed rows; answers whether it did. */
  async #readWhole(stage: Stage, gap: string): Promise<boolean> {
    const { dataset, key } = planWithout(this.#deps.plan, stage.checkpoint.unread);
    const pages = this.#deps.source.readWhole?.(dataset, this.#readOptions) ?? null;
    if (pages === null || key.length === 0) return false;
    this.#deps.report.note(`${gap} Entrada therefore read the whole dataset once more, page after page.`);
    await this.#stagePages(stage, pages);
    await removeDuplicates(stage.store, key);
    await settleRejected(stage.store, key, 0);
    return true;
  }
}

/** Rows that were read: those that count, and those that were set aside. */
async function countRows(stage: Stage): Promise<number> {
  return stage.staged.rows + (await countRejected(stage.store));
}
