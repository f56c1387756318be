import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Column, DatasetDefinition } from '#lib/domain/dataset.ts';
import { PageWriter } from '#lib/graph/child-rows.ts';
import type { GraphClient } from '#lib/graph/client.ts';
import type { GraphError } from '#lib/graph/graph-error.ts';
import { eachItem, eachMember, type Span, startOf, valueAt } from '#lib/graph/json-bytes.ts';
import { type GraphPage, readPages } from '#lib/graph/pages.ts';
import { createWaitMeter } from '#lib/graph/wait-meter.ts';
import { leftOut } from './column-repair.ts';
import { collectionPath, columnsToRead, headersOf } from './dataset-request.ts';

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
export function withoutActivity(dataset: DatasetDefinition): DatasetDefinition {
  const columns = dataset.columns.map((column) => (isActivity(column) ? { ...column, selected: false } : column));
  return { ...dataset, columns };
}

/** Why its columns are empty. */
export function activityLeftOut(dataset: DatasetDefinition, error: GraphError): string {
  return columnsToRead(dataset)
    .filter(isActivity)
    .map((column) => leftOut(column, error))
    .join(' ');
}

function isActivity({ sourcePath }: Column): boolean {
  return sourcePath === PROPERTY || sourcePath.startsWith(`${PROPERTY}.`);
}

/**
 * The sign-in activity of all users, by id: the bytes in a file of its own, so that only ids and places are in memory (some 100 bytes for
 * each user who ever signed in).
 */
export class SignInActivity {
  readonly #dir = mkdtempSync(join(tmpdir(), 'entrada-activity-'));
  readonly #file = openSync(join(this.#dir, 'values'), 'w+', 0o600);
  readonly #places = new Map<string, Span>();
  #length = 0;

  /** Reads it page after page; yields what each page cost. @throws GraphError as any list does. */
  async *read(graph: GraphClient, dataset: DatasetDefinition, signal: AbortSignal) {
    const meter = createWaitMeter(graph.clock);
    const columns = dataset.columns.filter((column) => column.key || isActivity(column));
    const url = `${graph.baseUrl}${collectionPath(dataset, columns, { top: PAGE })}`;
    for await (const page of readPages(graph, { url, headers: headersOf(dataset), signal, meter })) {
      this.#keep(page);
      yield { requests: page.requests, throttledMs: meter.take() };
    }
  }

  /** The page with the activity in each row that has one. */
  addTo(page: Uint8Array): Uint8Array {
    const writer = new PageWriter();
    eachRow(page, (row) => {
      const place = this.#places.get(idOf(page, row));
      if (place === undefined) writer.addRow(page, row, NOTHING);
      else writer.addRow(page, row, Buffer.concat([MEMBER, this.#valueAt(place), COMMA]));
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
      this.#places.set(id, { from: this.#length, to: this.#length + bytes.length });
      this.#length += bytes.length;
      values.push(bytes);
    });
    if (values.length > 0) writeSync(this.#file, Buffer.concat(values));
  }

  #valueAt({ from, to }: Span): Buffer {
    const bytes = Buffer.allocUnsafe(to - from);
    readSync(this.#file, bytes, 0, bytes.length, from);
    return bytes;
  }
}

const BRACE = 0x7b;
const MEMBER = Buffer.from(`"${PROPERTY}":`);
const COMMA = Buffer.from(',');
const NOTHING = Buffer.alloc(0);

function eachRow(body: Uint8Array, onRow: (row: Span) => void): void {
  eachMember(body, startOf(body), (name, { from }) => {
    if (name === 'value') eachItem(body, from, onRow);
    return name !== 'value';
  });
}

/** Rows begin with their key in most answers: the search ends there. */
function idOf(body: Uint8Array, row: Span): string {
  let id = '';
  eachMember(body, row.from, (name, span) => {
    if (name === 'id') id = String(valueAt(body, span));
    return id === '';
  });
  return id;
}
