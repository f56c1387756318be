import type { Dispatcher } from 'undici';

/** An answer as it came in: the body in the pieces that the socket gave. */
export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly pieces: readonly Uint8Array[];
  /** Bytes of all pieces. */
  readonly size: number;
}

export interface ReceiveOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told of each piece and of the bytes so far, this one included; what it throws ends the request. */
  readonly onPiece: (piece: Uint8Array, size: number, answer: Pick<Received, 'status' | 'headers'>) => void;
}

/**
 * Sends a request and takes its answer piece by piece. Without a stream between: a page comes in seventy pieces, and a stream costs as much for
 * each as TLS does.
 * @throws what undici tells; the signal's reason when it aborts.
 */
export function receive(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { signal, onPiece }: ReceiveOptions,
): Promise<Received> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | null = null;
    let answer: Pick<Received, 'status' | 'headers'> = { status: 0, headers: {} };
    const pieces: Uint8Array[] = [];
    let size = 0;
    const onAbort = (): void => end(signal?.reason);
    const end = (error: unknown): void => {
      signal?.removeEventListener('abort', onAbort);
      const reason = error instanceof Error ? error : new Error('aborted', { cause: error });
      if (controller?.aborted === false) controller.abort(reason);
      reject(reason);
    };
    if (signal?.aborted === true) return end(signal.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    dispatcher.dispatch(request, {
      onRequestStart(started) {
        controller = started;
        if (signal?.aborted === true) started.abort(new Error('aborted', { cause: signal.reason }));
      },
      onResponseStart(_, status, headers) {
        // Interim answers (1xx) come before the one that counts.
        answer = { status, headers };
      },
      onResponseData(_, piece) {
        size += piece.byteLength;
        pieces.push(piece);
        try {
          onPiece(piece, size, answer);
        } catch (error) {
          end(error);
        }
      },
      onResponseEnd() {
        signal?.removeEventListener('abort', onAbort);
        resolve({ ...answer, pieces, size });
      },
      onResponseError: (_, error) => end(error),
    });
  });
}
