import type { ReadyMessage } from './supervisor.ts';

/**
 * Runs one part of Entrada until SIGTERM or SIGINT, or the end of the parent (its IPC channel closes). Sends `ready`
 * to the parent.
 * @param stop ends the part; called once.
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
    // The parent may have ended before the listener was added. Undefined when not forked.
    if (process.connected === false) leave();
    process.send?.({ type: 'ready', info } satisfies ReadyMessage);
  }).then((code) => {
    // Open sockets must not keep a stopped part running.
    process.exit(code as number);
  });
}
