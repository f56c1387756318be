import type { DatasetEvent } from './dataset-assignment.ts';

/**
 * Events on their way to who iterates over them. They come often: one that is not taken yet gives way to a later one of the same state, so
 * that a slow reader holds up nothing and the buffer stays small.
 */
export class EventBuffer implements AsyncIterable<DatasetEvent> {
  readonly #events: DatasetEvent[] = [];
  #ended = false;
  #wake = (): void => undefined;

  add(event: DatasetEvent): void {
    const last = this.#events.at(-1);
    if (last !== undefined && replaces(event, last)) this.#events.pop();
    this.#events.push(event);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<DatasetEvent> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) yield event;
      else if (this.#ended) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}

function replaces(later: DatasetEvent, earlier: DatasetEvent): boolean {
  if (later.kind === 'progress') return earlier.kind === 'progress' && earlier.state === later.state;
  return later.kind === earlier.kind;
}
