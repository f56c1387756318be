import type { Problem } from '#lib/domain/problem.ts';
import type { StatusAnswer, StatusRequest, StreamMessage } from '#lib/gateway/protocol.ts';
import { toProblem } from '#lib/platform/errors.ts';
import type { BackOff } from './back-off.ts';
import type { ServerClient } from './server-client.ts';

/** Events of a link. */
export interface LinkEvents {
  /** The stream was opened. */
  onConnected(serverVersion: string): void;
  /** The stream is closed and is retried. Null: the server ended it. */
  onDisconnected(problem: Problem | null): void;
  onMessage(message: StreamMessage): void;
  onStatus(answer: StatusAnswer): void;
}

export interface ServerLink {
  /** Sends the status at once instead of at the next interval. */
  sayStatus(): Promise<void>;
  /** Closes the stream; status messages continue. */
  stopTaking(): Promise<void>;
  close(): Promise<void>;
}

export interface ServerLinkDeps {
  readonly client: ServerClient;
  readonly instance: string;
  readonly backOff: BackOff;
  /** Between two statuses, and for the answer to one. */
  readonly statusMs: number;
  readonly status: () => StatusRequest;
  readonly events: LinkEvents;
}

/** Keeps a stream open and sends the status at intervals, until closed. */
export function openServerLink({ client, instance, backOff, statusMs, status, events }: ServerLinkDeps): ServerLink {
  const closed = new AbortController();
  const taking = new AbortController();
  const signal = AbortSignal.any([closed.signal, taking.signal]);
  const sayStatus = async (): Promise<void> => {
    events.onStatus(await client.status(status(), AbortSignal.any([closed.signal, AbortSignal.timeout(statusMs)])));
  };
  /** Reads one stream to its end. @returns whether it was open, and why it ended. */
  const readOnce = async (): Promise<{ readonly wasOpen: boolean; readonly problem: Problem | null }> => {
    let wasOpen = false;
    try {
      await sayStatus();
      for await (const message of client.stream(instance, signal)) {
        if (message.kind === 'welcome') {
          wasOpen = true;
          events.onConnected(message.serverVersion);
        }
        events.onMessage(message);
      }
      return { wasOpen, problem: null };
    } catch (error) {
      return { wasOpen, problem: toProblem(error) };
    }
  };
  const read = async (): Promise<void> => {
    for (let failures = 0; !signal.aborted; ) {
      const { wasOpen, problem } = await readOnce();
      if (signal.aborted) return;
      events.onDisconnected(problem);
      failures = wasOpen ? 0 : failures + 1;
      await backOff.wait(failures, signal).catch(() => undefined);
    }
  };
  const reading = read();
  const timer = setInterval(() => void sayStatus().catch(() => undefined), statusMs);
  return {
    sayStatus: () => sayStatus().catch(() => undefined),
    async stopTaking() {
      taking.abort();
      await reading;
    },
    async close() {
      clearInterval(timer);
      closed.abort();
      await reading;
    },
  };
}
