import { open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import type { UnprovenParent, UnreadColumn } from '#lib/domain/run/run.ts';
import type { Page } from '#lib/reload/engine/ports.ts';
import type { PropertyCase } from '#lib/reload/parse/json/property-case.ts';
import { mayHoldNul, repairPage } from '#lib/reload/parse/json/repair-page.ts';
import type { PageFiles } from '#lib/reload/parse/sql/page-sql.ts';
import { findTruncatedColumns, withTruncationNote } from '#lib/reload/parse/timestamp-precision.ts';
import { findUnreadableRow } from '#lib/reload/parse/unreadable-row.ts';
import { hasTooDeepRow, rejectRows, requireParsableDepth } from '../rejected/reject-rows.ts';
import { isUnexpectedPage, PageError, toStageError, unreadableRow } from '../stage-error.ts';
import type { Checkpoint } from '../stage-file.ts';

const LINE_FEED = 0x0a;

/** A parent of which rows may be missing; `failed`: the dataset is incomplete by it. */
export interface StagedUnproven extends UnprovenParent {
  readonly failed: boolean;
}

/** What of a page isn't rows. */
export type PageFacts = Omit<Page, 'cursor'>;

interface PageBatchOptions {
  readonly spelling: PropertyCase;
  /** See StageOptions. */
  readonly setsAside: boolean;
}

/**
 * Pages that become one part: written to disk as they come, so that memory holds one at a time. What no target takes is repaired on the
 * way, and properties are spelt as the columns are.
 */
export class PageBatch implements PageFiles {
  readonly files: string[] = [];
  longestBytes = 0;
  singleLine = true;
  bytes = 0;
  readonly startedAt = performance.now();
  readonly #dir: string;
  readonly columns: readonly Column[];
  readonly #spelling: PropertyCase;
  #requests = 0;
  #throttledMs = 0;
  #replaced = 0;
  #cut: readonly string[] = [];
  readonly #unread: Omit<UnreadColumn, 'since'>[] = [];
  readonly #unproven: StagedUnproven[] = [];
  #gap: string | null = null;
  readonly #notes: string[] = [];
  /** Files of rejected rows; null: rows that cannot be taken end the run. */
  readonly #rejectedFiles: string[] | null;
  #rejected = 0;
  #isTooDeep = false;
  /** When each page was added. */
  readonly #readAt: string[] = [];
  #cursor: string | null = null;

  /** @param dir folder for the pages of this batch alone; it is there. */
  constructor(dir: string, columns: readonly Column[], { spelling, setsAside }: PageBatchOptions) {
    this.#dir = dir;
    this.#rejectedFiles = setsAside ? [] : null;
    this.columns = columns;
    this.#spelling = spelling;
  }

  /** Parents of which these pages may lack rows. */
  get unproven(): readonly StagedUnproven[] {
    return this.#unproven;
  }

  /** Files of rejected rows, one JSON document a row, in the columns of the stage's table `rejected`. */
  get rejectedFiles(): readonly string[] {
    return this.#rejectedFiles ?? [];
  }

  get rejected(): number {
    return this.#rejected;
  }

  get cursor(): string | null {
    return this.#cursor;
  }

  async add(page: PageFacts & Partial<Pick<Page, 'cursor'>>): Promise<void> {
    this.bytes += page.body.byteLength;
    this.#requests += page.requests;
    this.#throttledMs += page.throttledMs;
    this.#notes.push(...(page.notes ?? []));
    this.#unread.push(...(page.unread ?? []));
    this.#unproven.push(...(page.unproven ?? []).map((parent) => ({ ...parent, failed: false })));
    this.#unproven.push(...(page.failed ?? []).map((parent) => ({ ...parent, failed: true })));
    this.#gap ??= page.gap ?? null;
    this.#cursor = page.cursor ?? null;
    let { body } = page;
    if (this.#rejectedFiles === null) requireParsableDepth(body);
    if (mayHoldNul(body)) {
      const repaired = repairPage(body);
      body = repaired?.body ?? body;
      this.#replaced += repaired?.replaced ?? 0;
    }
    const respelt = this.#spelling.normalize(body);
    this.#notes.push(...respelt.conflicts.map(noteOfSpellings));
    body = respelt.body;
    if (this.files.length === 0) this.#cut = findTruncatedColumns(this.columns, body);
    if (this.#rejectedFiles !== null && hasTooDeepRow(body)) this.#isTooDeep = true;
    this.#readAt.push(new Date().toISOString());
    const file = join(this.#dir, `${this.files.length}.json`);
    this.files.push(file);
    await this.#write(file, body);
  }

  /** Replaces in every page what isn't JSON's (halves of surrogate pairs, bytes that aren't UTF-8); false when that can't cure it. */
  async repair(): Promise<boolean> {
    for (const file of this.files) {
      const repaired = repairPage(await readFile(file));
      if (repaired === null) return false;
      this.#replaced += repaired.replaced;
      await this.#write(file, repaired.body);
    }
    return true;
  }

  /** Whether a row is nested so deep that the parser must not see it; looked for only where rows are set aside. */
  get mustReject(): boolean {
    return this.#isTooDeep;
  }

  /**
   * Takes the rows out of the pages that cannot be taken, if `error` may be one of a row and rows are to be set aside. Answers whether any was.
   * @param run runs a statement of DuckDB.
   */
  async reject(error: unknown, run: (sql: string) => Promise<unknown>): Promise<boolean> {
    if (this.#rejectedFiles === null || (error !== null && !(error instanceof PageError))) return false;
    this.#isTooDeep = false;
    let rejected = 0;
    for (const [index, file] of this.files.entries()) {
      const page = await rejectRows(await readFile(file), { columns: this.columns, dir: this.#dir, run });
      if (page === null) continue;
      const rows = page.rejected.map(({ keys, ...row }) => JSON.stringify({ keys, ...row, read_at: this.#readAt[index] }));
      const list = join(this.#dir, `rejected-${index}.ndjson`);
      await writeWhole(list, Buffer.from(`${rows.join('\n')}\n`));
      this.#rejectedFiles.push(list);
      await this.#write(file, page.body);
      rejected += rows.length;
    }
    this.#rejected += rejected;
    return rejected > 0;
  }

  /** `error`, or one that names the row by column and key where the pages hold one that can't be taken. */
  async explain(error: unknown): Promise<unknown> {
    if (!isUnexpectedPage(error)) return error;
    for (const file of this.files) {
      const row = findUnreadableRow(this.columns, await readFile(file));
      if (row !== null) return unreadableRow(row);
    }
    return error;
  }

  /** The checkpoint after these pages are staged, without the cursor. */
  advance(before: Checkpoint): Checkpoint {
    return {
      ...before,
      requests: before.requests + this.#requests,
      throttledMs: before.throttledMs + this.#throttledMs,
      bytes: before.bytes + this.bytes,
      charactersReplaced: before.charactersReplaced + this.#replaced,
      notes: withTruncationNote([...new Set([...before.notes, ...this.#notes])], this.#cut),
      gap: before.gap ?? this.#gap,
      unread: [...new Map([...before.unread, ...this.#unread].map((column) => [column.name, column])).values()],
    };
  }

  /** The pages are needed no more. */
  async discard(): Promise<void> {
    await Promise.all(this.files.map((file) => unlink(file).catch(() => undefined)));
  }

  /** The rejected rows are in the stage. */
  async discardRejected(): Promise<void> {
    await Promise.all(this.rejectedFiles.map((file) => unlink(file).catch(() => undefined)));
  }

  async #write(file: string, body: Uint8Array): Promise<void> {
    this.longestBytes = Math.max(this.longestBytes, body.byteLength);
    if (body.includes(LINE_FEED)) this.singleLine = false;
    try {
      await writeWhole(file, body);
    } catch (error) {
      throw toStageError(error, this.#dir);
    }
  }
}

function noteOfSpellings(property: string): string {
  return `Graph sent ${property} in several spellings (upper and lower case) with different values in one row. Entrada stored the value of the exact spelling.`;
}

/** In one piece where the system takes it so; Node's own writeFile makes pieces of half a megabyte, and each waits for a thread. */
async function writeWhole(path: string, body: Uint8Array): Promise<void> {
  const handle = await open(path, 'w');
  try {
    for (let at = 0; at < body.byteLength; ) at += (await handle.write(body, at)).bytesWritten;
  } finally {
    await handle.close();
  }
}
