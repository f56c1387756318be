import type { Source } from '../ports.ts';

/**
 * Requests of a dataset run. Pages report what they cost themselves; counts, probes, and attempts that failed are known to the source alone,
 * where it counts what it sends.
 */
export class RequestCount {
  readonly #source: Source;
  /** What the source had sent before this session. */
  readonly #start: number;
  readonly #refusedAtStart: number;
  /** Requests of workers before this one. */
  #before = 0;
  #staged = 0;

  constructor(source: Source) {
    this.#source = source;
    this.#start = source.requestsSent?.() ?? 0;
    this.#refusedAtStart = source.requestsRefused?.() ?? 0;
  }

  /** Sets the number of requests that earlier workers sent for the stage which this run resumes. */
  resume(requests: number): void {
    this.#before = requests;
  }

  /** Requests to stage with a page that reports `reported`: all since the page before it. */
  takeForPage(reported: number): number {
    const sent = this.#sent();
    if (sent === null) return reported;
    const taken = sent - this.#staged;
    this.#staged = sent;
    return taken;
  }

  /** All of them; `staged` where the source does not count. */
  total(staged: number): number {
    const sent = this.#sent();
    return sent === null ? staged : this.#before + sent;
  }

  /** Answers 429 of this session. */
  refused(): number {
    return (this.#source.requestsRefused?.() ?? 0) - this.#refusedAtStart;
  }

  #sent(): number | null {
    const sent = this.#source.requestsSent?.();
    return sent === undefined ? null : sent - this.#start;
  }
}
