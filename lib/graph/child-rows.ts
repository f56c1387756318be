import { linkIn } from './answer.ts';
import { eachItem, eachMember, type Span, valueAt } from './json-bytes.ts';

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
    else if (name === '@odata.count') found.total = Number(valueAt(bytes, span));
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

function skipWhitespace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && (bytes[at] ?? 0) <= 0x20) at++;
  return at;
}
