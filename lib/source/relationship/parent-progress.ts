import { addIdentities, type ChildRows } from '#lib/graph/batch/child-rows.ts';
import type { ByteSpan } from '#lib/graph/client/json-bytes.ts';
import { LinkGuard } from '#lib/graph/paging/link-guard.ts';
import { AppError } from '#lib/platform/errors.ts';
import { RESTARTS_MAX } from '#lib/source/restart.ts';
import { assessParent, REREAD_WAITS_MS } from './parent-proof.ts';

/** What is known of a parent whose rows take more than one answer. */
interface OpenParent {
  restarts: number;
  /** Times that its rows were not found though the parent is there. */
  absences: number;
  /** What Graph counted in each reading; null where it does not count. */
  readonly totals: (number | null)[];
  rows: number;
  /** Of a parent whose rows are counted: identities of the rows of this reading. */
  seen: Set<number>;
  chain: LinkGuard;
}

/** An answer with rows of a parent. */
export interface ParentPage {
  /** The first page of a reading. */
  readonly isFirst: boolean;
  readonly page: ChildRows;
  /** The answer is `body` within `bytes`. */
  readonly bytes: Uint8Array;
  readonly body: ByteSpan;
  /** Why an empty answer of this parent proves nothing; null: it does. */
  readonly hidden: string | null;
}

/**
 * What is to be done about a parent. `follow`: its next page. `reread`: all of it, after a wait; `times` were read in vain before.
 * `broken`: its links lead to no end.
 */
export type ParentStep =
  | { readonly kind: 'follow'; readonly link: string }
  | { readonly kind: 'reread'; readonly times: number }
  | { readonly kind: 'done' }
  | { readonly kind: 'unseen' | 'failed'; readonly reason: string }
  | { readonly kind: 'broken'; readonly error: AppError };

/** How far each parent of a reading is. Nothing is kept of a parent that one answer proves, as it does of nearly all. */
export class ParentProgress {
  readonly #open = new Map<string, OpenParent>();

  /** Takes in an answer with rows. */
  addPage(parentId: string, answer: ParentPage): ParentStep {
    const { page, hidden } = answer;
    const isWhole = !this.#open.has(parentId) && page.nextLink === null && page.rows === page.total;
    if (isWhole) return stepOf({ rows: page.rows, totals: [page.total], hidden });
    const open = this.#count(parentId, answer);
    if (page.nextLink !== null) return follow(open, page.nextLink, answer);
    const isCounted = (open.totals.at(-1) ?? null) !== null;
    return stepOf({ rows: isCounted ? open.seen.size : open.rows, totals: open.totals, hidden });
  }

  /** Takes in that the rows of a parent are not found, but the parent is. */
  addAbsence(parentId: string): ParentStep {
    const open = this.#get(parentId);
    if (open.absences++ < REREAD_WAITS_MS.length) return { kind: 'reread', times: open.absences - 1 };
    return { kind: 'failed', reason: 'Graph does not find its rows (404), although the object exists' };
  }

  /** Counts a failure that reading from the start may cure; false when it was tried often enough. */
  mayRestart(parentId: string): boolean {
    return this.#get(parentId).restarts++ < RESTARTS_MAX;
  }

  /** A reading that broke off on a later page counted nothing. */
  dropReading(parentId: string): void {
    this.#open.get(parentId)?.totals.pop();
  }

  end(parentId: string): void {
    this.#open.delete(parentId);
  }

  #count(parentId: string, { isFirst, page, bytes, body }: ParentPage): OpenParent {
    const open = this.#get(parentId);
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

  #get(parentId: string): OpenParent {
    const known = this.#open.get(parentId);
    if (known !== undefined) return known;
    const open = { restarts: 0, absences: 0, totals: [], rows: 0, seen: new Set<number>(), chain: new LinkGuard() };
    this.#open.set(parentId, open);
    return open;
  }
}

function follow({ chain }: OpenParent, link: string, { bytes, body }: ParentPage): ParentStep {
  try {
    chain.checkProgress({ body: bytes.subarray(body.from, body.to) });
    chain.follow(link);
    return { kind: 'follow', link };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { kind: 'broken', error };
  }
}

function stepOf(reading: Parameters<typeof assessParent>[0]): ParentStep {
  const verdict = assessParent(reading);
  if ('reason' in verdict) return verdict;
  return verdict.kind === 'again' ? { kind: 'reread', times: reading.totals.length - 1 } : { kind: 'done' };
}
