import type { UnprovenParent } from '#lib/domain/run/run.ts';
import { PageWriter } from '#lib/graph/batch/child-rows.ts';
import type { Page } from '#lib/reload/engine/ports.ts';

/** A page is handed on when it has this many bytes, or rows of this many parents. */
const PAGE_BYTES = 2 << 20;
const PAGE_PARENTS = 400;
/** More bytes than this in a page that nobody takes: no further batch is to be sent. */
const HELD_BYTES = 16 << 20;
/** Notes of one kind; the others are counted. */
const NOTES_MAX = 20;

type Taken = Pick<Page, 'body' | 'requests' | 'notes' | 'unproven' | 'failed'>;

/** The page that is being filled with rows of children, and what is to be reported with it. */
export class ChildPage {
  readonly rows = new PageWriter();
  readonly #parentsMax: number;
  #parents = 0;
  #vanished = 0;
  #requests = 0;
  #notes: string[] = [];
  #unproven: UnprovenParent[] = [];
  #failed: UnprovenParent[] = [];

  /** @param width `sample`: a page is full with the rows of one parent. */
  constructor(width: 'full' | 'sample') {
    this.#parentsMax = width === 'full' ? PAGE_PARENTS : 1;
  }

  get isFull(): boolean {
    return this.rows.size >= PAGE_BYTES || this.#parents >= this.#parentsMax;
  }

  /** The reader of the pages is behind. */
  get isHeld(): boolean {
    return this.rows.size > HELD_BYTES;
  }

  addRequests(requests: number): void {
    this.#requests += requests;
  }

  /** A parent is done with the rows that were handed out or are in the page. */
  addParent(): void {
    this.#parents++;
  }

  addUnproven(parent: UnprovenParent): void {
    this.#unproven.push(parent);
  }

  addFailed(parent: UnprovenParent): void {
    this.#failed.push(parent);
  }

  /** @param name of the parent, e.g. `/groups/1`. */
  addVanished(name: string): void {
    if (this.#vanished++ < NOTES_MAX) this.#notes.push(`${name} was deleted while reading; it has no rows.`);
  }

  /** Hands out the page and begins an empty one. `last`: no further one comes. */
  take(last: boolean): Taken {
    const [notes, unproven, failed, requests] = [this.#notes, this.#unproven, this.#failed, this.#requests];
    if (last && this.#vanished > NOTES_MAX) notes.push(`${this.#vanished - NOTES_MAX} more were deleted while reading.`);
    [this.#notes, this.#unproven, this.#failed] = [[], [], []];
    this.#requests = 0;
    this.#parents = 0;
    return {
      body: this.rows.take(),
      requests,
      ...(notes.length === 0 ? {} : { notes }),
      ...(unproven.length === 0 ? {} : { unproven }),
      ...(failed.length === 0 ? {} : { failed }),
    };
  }
}
