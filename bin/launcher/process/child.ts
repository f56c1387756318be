import type { ReadyMessage } from './supervisor.ts';

/**
 * Runs one part of Entrada until SIGTERM or SIGINT, or the parent is gone (its IPC channel closed). Says `ready`
 * to a parent that listens.
 * @param stop ends the part; it is called once.
 */
export function runUntilStopped(info: unknown, stop: () => Promise<void>): Promise<number> {
  return new Promise((done) => {
    let stopping = false;
    const leave = () => {
      if (stopping) return;
      stopping = true;
      stop().then(
        () => done(0),
        (error: unknown) => {
          console.error(error);
          done(1);
        },
      );
    };
    process.on('SIGTERM', leave);
    process.on('SIGINT', leave);
    process.on('disconnect', leave);
    // The parent may have gone before anybody listened. Not forked at all: undefined.
    if (process.connected === false) leave();
    process.send?.({ type: 'ready', info } satisfies ReadyMessage);
  }).then((code) => {
    // Open sockets of others must not keep a part that has stopped.
    process.exit(code as number);
  });
}
