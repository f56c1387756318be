import { AppError } from '#lib/platform/errors.ts';
import { LANDING_TIMEOUT_MS, retryWhileUnreachable } from '#lib/platform/postgres/while-unreachable.ts';
import { ChangesLostError } from './reading/changes-lost.ts';
import type { GroupedPublish, GroupResult, Published } from './sink.ts';

/** Maximum number of datasets that a problem names; further ones are counted. */
const NAMED_MAX = 5;

/** A dataset that waits for the publish of its group. */
interface Ready {
  readonly dataset: GroupedPublish;
  readonly published: (done: Published) => void;
  readonly failed: (error: unknown) => void;
  readonly stopListening: () => void;
}

/**
 * The datasets of one run that are published together: each of them joins when it has been read, and the last one starts the publish. When one
 * of them ends without being published, none is.
 */
export class PublishGroup {
  /** Names of the datasets that have neither joined nor ended, by id. */
  readonly #open: Map<string, string>;
  readonly #ready = new Map<string, Ready>();
  /** Names of the datasets because of which nothing is published. */
  readonly #failed: string[];

  /**
   * @param datasets.open names of the datasets of the run that have not ended, by id.
   * @param datasets.failed names of those that have ended without being published.
   */
  constructor({ open, failed }: { readonly open: ReadonlyMap<string, string>; readonly failed: readonly string[] }) {
    this.#open = new Map(open);
    this.#failed = [...failed];
  }

  /** Why nothing of the run is published; null: no dataset has failed. */
  get problem(): AppError['problem'] | null {
    return this.#failed.length === 0 ? null : nothingPublished(this.#failed).problem;
  }

  /**
   * Publishes the dataset with the others, when all have been read.
   * @throws AppError `not-published-together` when another dataset failed; ChangesLostError when this one has to be read again, and joins again
   * then; any error of the publish of this dataset; the signal's reason when that aborts before the publish.
   */
  join(id: string, dataset: GroupedPublish): Promise<Published> {
    const { signal } = dataset.options;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        if (!this.#ready.delete(id)) return;
        reject(signal.reason);
        this.#fail(dataset.options.plan.dataset.name);
      };
      const stopListening = () => signal.removeEventListener('abort', onAbort);
      this.#open.delete(id);
      this.#ready.set(id, { dataset, published: resolve, failed: reject, stopListening });
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
      else this.#settle();
    });
  }

  /** The dataset has ended; without effect after it joined. @param published whether its rows were published: by an earlier attempt. */
  ended(id: string, published: boolean): void {
    const name = this.#open.get(id);
    if (name === undefined) return;
    this.#open.delete(id);
    if (published) this.#settle();
    else this.#fail(name);
  }

  #fail(name: string): void {
    if (!this.#failed.includes(name)) this.#failed.push(name);
    this.#settle();
  }

  #settle(): void {
    if (this.#open.size > 0 || this.#ready.size === 0) return;
    const ready = [...this.#ready.entries()];
    this.#ready.clear();
    for (const [, { stopListening }] of ready) stopListening();
    if (this.#failed.length === 0) void this.#publish(ready);
    else for (const [, { failed, dataset }] of ready) failed(notPublished(dataset, this.#failed));
  }

  async #publish(ready: readonly (readonly [string, Ready])[]): Promise<void> {
    const datasets = ready.map(([, { dataset }]) => dataset);
    const [first] = datasets;
    let results: readonly GroupResult[];
    try {
      if (first?.sink.publishTogether === undefined) throw new TypeError('the target publishes no datasets together');
      const publish = first.sink.publishTogether.bind(first.sink);
      results = await retryWhileUnreachable(() => publish(datasets), {
        timeoutMs: LANDING_TIMEOUT_MS,
        signal: AbortSignal.any(datasets.map(({ options }) => options.signal)),
      });
    } catch (error) {
      for (const [, { failed }] of ready) failed(error);
      return;
    }
    this.#report(ready, results);
  }

  #report(ready: readonly (readonly [string, Ready])[], results: readonly GroupResult[]): void {
    const outcomes = ready.map(([id, one], at) => ({ id, one, result: results[at] ?? 'not-published' }));
    const faults = outcomes.filter(({ result }) => result !== 'not-published' && 'error' in result);
    const lost = faults.filter(({ result }) => isChangesLost(result));
    // The others wait until those have been read again.
    if (lost.length > 0 && lost.length === faults.length) {
      for (const { id, one } of lost) this.#open.set(id, one.dataset.options.plan.dataset.name);
      for (const { id, one, result } of outcomes) if (result === 'not-published') this.#rejoin(id, one);
    } else this.#failed.push(...faults.map(({ one }) => one.dataset.options.plan.dataset.name));
    for (const { one, result } of outcomes) {
      if (result === 'not-published') {
        if (this.#failed.length > 0) one.failed(notPublished(one.dataset, this.#failed));
      } else if ('error' in result) one.failed(result.error);
      else one.published(result.published);
    }
  }

  #rejoin(id: string, { dataset, published, failed }: Ready): void {
    this.join(id, dataset).then(published, failed);
  }
}

function isChangesLost(result: GroupResult): boolean {
  return result !== 'not-published' && 'error' in result && result.error instanceof ChangesLostError;
}

function notPublished({ options }: GroupedPublish, failed: readonly string[]): AppError {
  const { name } = options.plan.dataset;
  return new AppError({
    ...nothingPublished(failed).problem,
    title: `${name} was read, but not published, because ${didNotEnd(failed)}.`,
  });
}

function nothingPublished(failed: readonly string[]): AppError {
  return new AppError({
    code: 'not-published-together',
    title: `Nothing of this run was published, because ${didNotEnd(failed)}.`,
    remedy:
      'The task publishes all datasets of a run at once. Solve the problem of each dataset that could not be published, then run the task again.',
    fixer: 'you',
  });
}

function didNotEnd(failed: readonly string[]): string {
  const named = failed.slice(0, NAMED_MAX);
  const more = failed.length - named.length;
  const all = more > 0 ? [...named, `${more} more`] : named;
  return `${[all.slice(0, -1).join(', '), ...all.slice(-1)].filter(Boolean).join(' and ')} could not be published`;
}
