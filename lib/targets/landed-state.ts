import type { NewDeltaToken, PublishOptions } from '#lib/reload/engine/sink.ts';

/** State of a table in a database after a publish, and when it was last read completely. */
export interface LandedState extends NewDeltaToken {
  readonly rows: number;
  readonly fullAt: Date;
}

/**
 * State from which the next run can continue with changes alone; null where it has to read everything: rows of unproven parents and rejected rows
 * have to be read again,
 * even if delta query does not report them, as do rows after a refused part.
 */
export function landedState({ changes, deltaToken, unproven, rejected, now }: PublishOptions, rows: number): LandedState | null {
  if (deltaToken === null || unproven !== null || rejected != null) return null;
  const fullAt = changes?.partial === true && changes.since !== null ? new Date(changes.since.fullAt) : now;
  return { ...deltaToken, rows, fullAt };
}
