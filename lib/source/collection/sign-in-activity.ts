import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Column, type DatasetDefinition, withoutColumns } from '#lib/domain/dataset/dataset.ts';
import { PageWriter } from '#lib/graph/batch/child-rows.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { type ByteSpan, documentStart, eachItem, eachMember, valueAt } from '#lib/graph/client/json-bytes.ts';
import { createWaitMeter } from '#lib/graph/limits/wait-meter.ts';
import { LinkGuard } from '#lib/graph/paging/link-guard.ts';
import { fetchPage, type GraphPage } from '#lib/graph/paging/pages.ts';
import { collectionPath, columnsToRead, headersOf } from '#lib/source/dataset-request.ts';
import { mayRestart } from '#lib/source/restart.ts';
import type { ColumnRepair } from './column-repair.ts';

const PROPERTY = 'signInActivity';
/** Most users a page with sign-in activity in it (Graph doc "List users"). */
const PAGE = 500;

/**
 * Whether sign-in activity is read in a pass of its own: Graph sends it for 10 pages a minute only, so that with it in `$select` every
 * other column would come as slowly, and one page after the other.
 */
export function hasOwnActivityPass(dataset: DatasetDefinition): boolean {
  const { path, filter, read } = dataset;
  const columns = columnsToRead(dataset);
  const others = columns.filter((column) => !column.key && !isActivity(column));
  // A filter by sign-in activity cannot be combined with others, and counts as reading it.
  return path === '/users' && read.select && columns.some(isActivity) && others.length > 0 && !filter?.includes(PROPERTY);
}

/** The dataset as its main pass reads it. */
export function withoutSignInActivity(dataset: DatasetDefinition): DatasetDefinition {
  return withoutColumns(dataset, new Set(dataset.columns.filter(isActivity).map(({ name }) => name)));
}

function isActivity({ sourcePath }: Column): boolean {
  return sourcePath === PROPERTY || sourcePath.startsWith(`${PROPERTY}.`);
}

interface ReadActivityOptions {
  readonly signal: AbortSignal;
  /** Of the dataset with all its columns. */
  readonly repair: ColumnRepair;
}

/**
 * The sign-in activity of all users, by id: the bytes in a file of its own, so that only ids and places are in memory (some 100 bytes for
 * each user who ever signed in).
 */
export class SignInActivity {
  readonly #dir = mkdtempSync(join(tmpdir(), 'entrada-activity-'));
  readonly #file = openSync(join(this.#dir, 'values'), 'w+', 0o600);
  readonly #spans = new Map<string, ByteSpan>();
  #length = 0;

  /**
   * Reads it page after page; yields what each page cost. When its refusal is proven, `repair` has left it out, and nothing of it is kept.
   * @throws AppError as any list does.
   */
  async *read(graph: GraphClient, dataset: DatasetDefinition, options: ReadActivityOptions) {
    for (let restarts = 0; ; restarts++) {
      try {
        yield* this.#readOnce(graph, dataset, options);
        return;
      } catch (error) {
        if (!mayRestart(error, restarts)) throw error;
      }
    }
  }

  async *#readOnce(graph: GraphClient, dataset: DatasetDefinition, { signal, repair }: ReadActivityOptions) {
    const meter = createWaitMeter(graph.clock);
    const guard = new LinkGuard();
    const columns = dataset.columns.filter((column) => column.key || isActivity(column));
    const headers = headersOf(dataset);
    for (let url: string | null = `${graph.baseUrl}${collectionPath(dataset, columns, { top: PAGE })}`; url !== null; ) {
      guard.follow(url);
      const next: string = url;
      const send = async (): Promise<GraphPage | null> =>
        repair.columns.some(isActivity) ? fetchPage(graph, { url: next, headers, signal, meter }) : null;
      const page: GraphPage | null = await repair.sendRepaired(send);
      if (page === null) this.#spans.clear();
      else this.#keep(page);
      if (page !== null) guard.checkProgress(page);
      url = page?.nextLink ?? null;
      yield { requests: (page?.requests ?? 0) + repair.takeRequests(), throttledMs: meter.take() };
    }
  }

  /** The page with the activity in each row that has one. */
  addTo(page: Uint8Array): Uint8Array {
    const writer = new PageWriter();
    eachRow(page, (row) => {
      const span = this.#spans.get(idOf(page, row));
      if (span === undefined) writer.addRow(page, row, NOTHING);
      else writer.addRow(page, row, Buffer.concat([MEMBER, this.#valueAt(span), COMMA]));
    });
    return writer.take();
  }

  close(): void {
    closeSync(this.#file);
    rmSync(this.#dir, { recursive: true, force: true });
  }

  #keep({ body }: GraphPage): void {
    const values: Uint8Array[] = [];
    eachRow(body, (row) => {
      const found = { id: '', bytes: NOTHING as Uint8Array };
      eachMember(body, row.from, (name, span) => {
        if (name === 'id') found.id = String(valueAt(body, span));
        else if (name === PROPERTY) found.bytes = body.subarray(span.from, span.to);
        return true;
      });
      const { id, bytes } = found;
      if (bytes[0] !== BRACE) return;
      this.#spans.set(id, { from: this.#length, to: this.#length + bytes.length });
      this.#length += bytes.length;
      values.push(bytes);
    });
    if (values.length > 0) writeSync(this.#file, Buffer.concat(values));
  }

  #valueAt({ from, to }: ByteSpan): Buffer {
    const bytes = Buffer.allocUnsafe(to - from);
    readSync(this.#file, bytes, 0, bytes.length, from);
    return bytes;
  }
}

const BRACE = 0x7b;
const MEMBER = Buffer.from(`"${PROPERTY}":`);
const COMMA = Buffer.from(',');
const NOTHING = Buffer.alloc(0);

function eachRow(body: Uint8Array, onRow: (row: ByteSpan) => void): void {
  eachMember(body, documentStart(body), (name, { from }) => {
    if (name === 'value') eachItem(body, from, onRow);
    return name !== 'value';
  });
}

/** Rows begin with their key in most answers: the search ends there. */
function idOf(body: Uint8Array, row: ByteSpan): string {
  let id = '';
  eachMember(body, row.from, (name, span) => {
    if (name === 'id') id = String(valueAt(body, span));
    return id === '';
  });
  return id;
}
