import { AppError } from '#lib/platform/errors.ts';

/** Consecutive pages without rows after which a chain of links counts as endless; Graph documents no bound. */
const EMPTY_PAGES_MAX = 1000;
/** A page of fewer bytes may have no rows. */
const EMPTY_BYTES = 2048;
/** Consecutive pages that begin with the same row as the page before after which a chain counts as a loop. */
const SAME_PAGES_MAX = 2;
/** Bytes of the first row that are compared. */
const ROW_START = 512;

/** The links of one chain. A link that occurs twice would be followed for ever. */
export class FollowedLinks {
  readonly #urls = new Set<string>();
  readonly #toError: () => AppError;

  /** @param toError creates the error for a link that occurs twice. */
  constructor(toError: () => AppError) {
    this.#toError = toError;
  }

  /** @throws the error of `toError` when the link was followed before. */
  add(url: string): void {
    if (this.#urls.has(url)) throw this.#toError();
    this.#urls.add(url);
  }
}

/** Detects a chain of links without end: a link that occurs twice, too many pages without rows, or the same page again and again. */
export class LinkGuard {
  readonly #followed = new FollowedLinks(loop);
  #empty = 0;
  #firstRow = '';
  #same = 0;

  /** @throws AppError `next-link-loop` */
  follow(url: string): void {
    this.#followed.add(url);
  }

  /** @throws AppError `next-link-loop` */
  checkProgress({ body }: { readonly body: Uint8Array }): void {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const rows = bytes.indexOf('"value":[');
    const firstRow = rows < 0 ? '' : bytes.toString('latin1', rows + 9, rows + 9 + ROW_START);
    const isEmpty = firstRow.startsWith(']') || (bytes.byteLength < EMPTY_BYTES && !bytes.includes('"id"'));
    this.#empty = isEmpty ? this.#empty + 1 : 0;
    // Observed: Graph sent different links that lead to the same page.
    if (!isEmpty) {
      this.#same = firstRow !== '' && firstRow === this.#firstRow ? this.#same + 1 : 0;
      this.#firstRow = firstRow;
    }
    if (this.#empty > EMPTY_PAGES_MAX || this.#same >= SAME_PAGES_MAX) throw loop();
  }
}

function loop(): AppError {
  return new AppError({
    code: 'next-link-loop',
    title: 'Graph sent a link to a page that Entrada had already read.',
    remedy: 'Run the task again. If the problem persists, check whether a proxy returns cached answers.',
    fixer: 'operator',
  });
}
