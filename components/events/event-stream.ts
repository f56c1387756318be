/** State of an event stream. `refused`: the server permanently refuses it, e.g. since the session has ended. */
export type StreamState = 'connecting' | 'live' | 'lost' | 'refused';

export interface EventStream {
  readonly path: string;
  /** Handlers by the name of the event: receive its data, and return whether more events can follow. */
  readonly on: Readonly<Record<string, (data: unknown) => 'goes-on' | 'ended'>>;
  readonly onState: (state: StreamState) => void;
}

/** Minimum time between two attempts after an HTTP error, milliseconds. The browser itself reopens dropped connections. */
export const REOPEN_MS = 3000;

/** Permanent HTTP errors: signed out, forbidden, not found, gone. */
const REFUSALS: ReadonlySet<number> = new Set([401, 403, 404, 410]);

/**
 * Follows server-sent events until a handler returns `ended` or the returned function is called. An EventSource stops after an HTTP
 * error without its status (HTML standard, section 9.2.3 "Processing model"), so the status is then requested without EventSource:
 * a refused stream ends, any other is opened again.
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

/** Whether the server permanently refuses the stream; a missing answer is not a refusal. */
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
