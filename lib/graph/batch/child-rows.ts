import { linkOrNull } from '#lib/graph/client/answer.ts';
import { type ByteSpan, eachItem, eachMember, skipWhitespace, valueAt } from '#lib/graph/client/json-bytes.ts';

/** A position in a page document. */
export interface PagePosition {
  readonly length: number;
  readonly rows: number;
}

/** Builds a page document row by row from bytes. */
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

  /** Adds an object with `prefix` as its first member; `prefix` ends with a comma, e.g. `"@parent.id":"1",`. */
  addRow(bytes: Uint8Array, { from, to }: ByteSpan, prefix: Uint8Array): void {
    this.#write(this.#rows++ === 0 ? HEAD : COMMA);
    this.#write(BRACE);
    const isEmpty = bytes[skipWhitespace(bytes, from + 1)] === 0x7d;
    this.#write(isEmpty ? prefix.subarray(0, prefix.length - 1) : prefix);
    this.#write(bytes.subarray(from + 1, to));
  }

  /** The current end of the document, for `truncateTo`. */
  position(): PagePosition {
    return { length: this.#length, rows: this.#rows };
  }

  /** Removes the rows that were added since `position`. Not allowed after a `take` in between. */
  truncateTo({ length, rows }: PagePosition): void {
    this.#length = length;
    this.#rows = rows;
  }

  /** Returns the document and starts an empty one. */
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
  /** `@odata.count`: rows on all pages; null when the answer has none. */
  readonly total: number | null;
}

/**
 * Adds the rows of one page of children, each with the id of its parent (and of the parent's parent), without parsing them. A relation to
 * one object answers that object instead of a list.
 * @throws RemoteError `truncated-answer` for a body that is not a complete object.
 */
export function addChildRows(page: PageWriter, bytes: Uint8Array, body: ByteSpan, parentId: string, aboveId?: string): ChildRows {
  const above = aboveId === undefined ? '' : `"@parent.parent.id":${JSON.stringify(aboveId)},`;
  const prefix = Buffer.from(`${above}"@parent.id":${JSON.stringify(parentId)},`);
  const found: { value: ByteSpan | null; nextLink: string | null; total: number | null } = {
    value: null,
    nextLink: null,
    total: null,
  };
  eachMember(bytes, body.from, (name, span) => {
    if (name === 'value' && bytes[span.from] === BRACKET) found.value = span;
    else if (name === '@odata.nextLink') found.nextLink = linkOrNull(valueAt(bytes, span));
    else if (name === '@odata.count') found.total = countOf(valueAt(bytes, span));
    return true;
  });
  const { value, nextLink, total } = found;
  let rows = 0;
  const add = (span: ByteSpan): void => {
    rows++;
    page.addRow(bytes, span, prefix);
  };
  if (value === null) add(body);
  else eachItem(bytes, value.from, add);
  return { nextLink, rows, total };
}

/** A count is a number, or with IEEE754Compatible its text (OData JSON 4.01, section 4.5.5); anything else counts as absent. */
function countOf(value: unknown): number | null {
  const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : null;
}

/** Adds an identity of each row of a page to `seen`: a hash of its `id`, or of all its bytes when it has no `id`. */
export function addIdentities(seen: Set<number>, bytes: Uint8Array, body: ByteSpan): void {
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

/** 53 bits of two FNV-1a hashes: among 1,000,000 ids the chance of a collision is 1 in 18,000; a collision makes a parent be read again. */
function hashOf(bytes: Uint8Array, { from, to }: ByteSpan): number {
  let low = 0x811c9dc5;
  let high = 0x9dc5811c;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ byte, 0x01000197);
  }
  return (high >>> 11) * 0x1_0000_0000 + (low >>> 0);
}
