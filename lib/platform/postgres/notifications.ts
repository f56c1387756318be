import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** What somebody waits for: topics, which are the payloads of NOTIFY. */
export interface NotificationWatch {
  /**
   * Resolves when one of the topics was named since the last call, or after `timeoutMs`: then false. Also when the connection came back, as
   * something may have been missed. Resolves at once when `signal` aborts.
   */
  next(timeoutMs: number, signal?: AbortSignal): Promise<boolean>;
  stop(): void;
}

/** LISTEN on one channel, shared by everybody in this process. */
export interface Notifications {
  watch(topics: readonly string[]): NotificationWatch;
  stop(): Promise<void>;
}

const RECONNECT_MS = 1000;

interface Watcher {
  readonly topics: ReadonlySet<string>;
  named: boolean;
  wake: () => void;
}

/** Connects at the first watch, and again after an interruption. A lost notification only costs time if waiting code also polls. */
export function createNotifications(options: {
  readonly databaseUrl: string;
  readonly channel: string;
  readonly onError: (error: unknown) => void;
}): Notifications {
  const watchers = new Set<Watcher>();
  const stopped = new AbortController();
  let listening: Promise<void> | undefined;
  const wake = (topic: string | null) => {
    for (const watcher of watchers) {
      if (topic !== null && !watcher.topics.has(topic)) continue;
      watcher.named = true;
      watcher.wake();
    }
  };
  const listen = async () => {
    while (!stopped.signal.aborted) {
      await listenOnce(options, wake, stopped.signal).catch(options.onError);
      await sleep(RECONNECT_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  };
  return {
    watch(topics) {
      listening ??= listen();
      const watcher: Watcher = { topics: new Set(topics), named: false, wake: () => undefined };
      watchers.add(watcher);
      return {
        next: (timeoutMs, signal) => untilNamed(watcher, timeoutMs, signal),
        stop: () => void watchers.delete(watcher),
      };
    },
    async stop() {
      stopped.abort();
      await listening;
    },
  };
}

async function untilNamed(watcher: Watcher, timeoutMs: number, signal: AbortSignal | undefined): Promise<boolean> {
  if (!watcher.named && signal?.aborted !== true) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      watcher.wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', watcher.wake);
        resolve();
      };
      signal?.addEventListener('abort', watcher.wake, { once: true });
    });
  }
  signal?.removeEventListener('abort', watcher.wake);
  const { named } = watcher;
  watcher.named = false;
  return named;
}

/** Until the connection ends. */
async function listenOnce(
  { databaseUrl, channel }: { readonly databaseUrl: string; readonly channel: string },
  wake: (topic: string | null) => void,
  signal: AbortSignal,
): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, keepAlive: true });
  const ended = new Promise<void>((resolve) => {
    client.on('error', () => resolve());
    client.on('end', () => resolve());
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  client.on('notification', ({ payload }) => wake(payload ?? null));
  try {
    await client.connect();
    await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    wake(null);
    await ended;
  } finally {
    await client.end().catch(() => undefined);
  }
}
