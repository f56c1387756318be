import { linkIn } from '#lib/graph/client/answer.ts';
import { eachItem, eachMember, type Span, valueAt } from '#lib/graph/client/json-bytes.ts';

/** A place in a page document. */
export interface PageMark {
  readonly length: number;
  readonly rows: number;
}

/** A page document that is written row by row, out of bytes. */
export class PageWriter {
  #bytes = Buffer.allocUnsafe(1 << 20);
  #length = 0;
  #rows = 0;

  get size(): number {
    return this.#length;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Adds an object with one more member at its front: `prefix` is that member with a comma behind, e.g. `"@parent.id":"1",`. */
  addRow(bytes: Uint8Array, { from, to }: Span, prefix: Uint8Array): void {
    this.#write(this.#rows++ === 0 ? HEAD : COMMA);
    this.#write(BRACE);
    const isEmpty = bytes[skipWhitespace(bytes, from + 1)] === 0x7d;
    this.#write(isEmpty ? prefix.subarray(0, prefix.length - 1) : prefix);
    this.#write(bytes.subarray(from + 1, to));
  }

  /** Where the document is now, for `back`. */
  mark(): PageMark {
    return { length: this.#length, rows: this.#rows };
  }

  /** Drops the rows that were added since the mark. Only while nothing was taken meanwhile. */
  back({ length, rows }: PageMark): void {
    this.#length = length;
    this.#rows = rows;
  }

  /** The document so far; the writer begins anew. */
  take(): Uint8Array {
    this.#write(this.#rows === 0 ? NO_ROWS : TAIL);
    const page = Buffer.from(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    this.#rows = 0;
    return page;
  }

  #write(part: Uint8Array): void {
    if (this.#length + part.length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + part.length));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#bytes.set(part, this.#length);
    this.#length += part.length;
  }
}

const HEAD = Buffer.from('{"value":[');
const NO_ROWS = Buffer.from('{"value":[]}');
const TAIL = Buffer.from(']}');
const COMMA = Buffer.from(',');
const BRACE = Buffer.from('{');
const BRACKET = 0x5b;

export interface ChildRows {
  readonly nextLink: string | null;
  readonly rows: number;
  /** `@odata.count`: rows on all pages; null where it wasn't told. */
  readonly total: number | null;
}

/**
 * Adds the rows of one page of children, each with the id of their parent (and of what that hangs on), without building them. A relation to one object answers that
 * object instead of a list.
 * @throws RemoteError `truncated-answer` for a body that is no whole object.
 */
export function addChildRows(page: PageWriter, bytes: Uint8Array, body: Span, parentId: string, aboveId?: string): ChildRows {
  const above = aboveId === undefined ? '' : `"@parent.parent.id":${JSON.stringify(aboveId)},`;
  const prefix = Buffer.from(`${above}"@parent.id":${JSON.stringify(parentId)},`);
  const found: { value: Span | null; nextLink: string | null; total: number | null } = {
    value: null,
    nextLink: null,
    total: null,
  };
  eachMember(bytes, body.from, (name, span) => {
    if (name === 'value' && bytes[span.from] === BRACKET) found.value = span;
    else if (name === '@odata.nextLink') found.nextLink = linkIn(valueAt(bytes, span));
    else if (name === '@odata.count') found.total = countOf(valueAt(bytes, span));
    return true;
  });
  const { value, nextLink, total } = found;
  let rows = 0;
  const add = (span: Span): void => {
    rows++;
    page.addRow(bytes, span, prefix);
  };
  if (value === null) add(body);
  else eachItem(bytes, value.from, add);
  return { nextLink, rows, total };
}

/** A count is a number, or its text with IEEE754Compatible (OData JSON 4.01, section 4.5.5); anything else tells nothing. */
function countOf(value: unknown): number | null {
  const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : null;
}

/** Adds to `seen` what tells the rows of a page apart: a hash of their `id`. Rows without one are told apart by all of their bytes. */
export function addIdentities(seen: Set<number>, bytes: Uint8Array, body: Span): void {
  eachMember(bytes, body.from, (name, span) => {
    if (name !== 'value' || bytes[span.from] !== BRACKET) return true;
    eachItem(bytes, span.from, (item) => {
      let identity = item;
      eachMember(bytes, item.from, (key, value) => {
        if (key === 'id') identity = value;
        return key !== 'id';
      });
      seen.add(hashOf(bytes, identity));
    });
    return true;
  });
}

/** 53 bits of two FNV-1a hashes: of 1,000,000 ids two are alike by chance once in 18,000 times, and then a parent is read again. */
function hashOf(bytes: Uint8Array, { from, to }: Span): number {
  let low = 0x811c9dc5;
  let high = 0x9dc5811c;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ byte, 0x01000197);
  }
  return (high >>> 11) * 0x1_0000_0000 + (low >>> 0);
}

function skipWhitespace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && (bytes[at] ?? 0) <= 0x20) at++;
  return at;
}
