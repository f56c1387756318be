/** What the line to the server is doing. `refused`: the server doesn't answer it any more, e.g. since the session has ended. */
export type StreamState = 'connecting' | 'live' | 'lost' | 'refused';

export interface EventStream {
  readonly path: string;
  /** By the name of the event: takes its data, and answers whether more can come after it. */
  readonly on: Readonly<Record<string, (data: unknown) => 'goes-on' | 'ended'>>;
  readonly onState: (state: StreamState) => void;
}

/** Least time between two attempts after an HTTP error, milliseconds. Dropped connections are opened again by the browser itself. */
export const REOPEN_MS = 3000;

/** Statuses with which the stream won't come back by itself: signed out, not allowed any more, not there any more. */
const REFUSALS: ReadonlySet<number> = new Set([401, 403, 404, 410]);

/**
 * Follows a stream of server-sent events until one of them ended it or the answered function is called. An EventSource gives up after an HTTP
 * error and doesn't say which (HTML standard, section 9.2.3 "Processing model"), so the status is then requested once more without EventSource:
 * a stream that is refused ends, any other is opened again.
 */
export function openEventStream({ path, on, onState }: EventStream): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const closing = new AbortController();
  const close = () => {
    closing.abort();
    clearTimeout(timer);
    source?.close();
  };

  function open(): void {
    const opened = new EventSource(path);
    source = opened;
    opened.addEventListener('open', () => onState('live'));
    for (const [name, take] of Object.entries(on)) {
      opened.addEventListener(name, (event: MessageEvent<string>) => {
        // Closed before the server does: an EventSource would open a finished stream again and again.
        if (take(JSON.parse(event.data)) === 'ended') close();
      });
    }
    opened.addEventListener('error', () => {
      onState('lost');
      if (opened.readyState === EventSource.CLOSED) void openAgain();
    });
  }

  async function openAgain(): Promise<void> {
    const refused = await isRefused(path, closing.signal);
    if (closing.signal.aborted) return;
    if (refused) onState('refused');
    else timer = setTimeout(open, REOPEN_MS);
  }

  open();
  return close;
}

/** Whether the server refuses the stream for good; no answer at all is no refusal. */
async function isRefused(path: string, closing: AbortSignal): Promise<boolean> {
  const enough = new AbortController();
  try {
    const { status } = await fetch(path, { signal: AbortSignal.any([closing, enough.signal]) });
    return REFUSALS.has(status);
  } catch {
    return false;
  } finally {
    enough.abort();
  }
}
