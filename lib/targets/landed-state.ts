import type { NewDeltaToken } from '#lib/reload/engine/sink.ts';

/** State of a table in a database after a publish, and when it was last read completely. */
export interface LandedState extends NewDeltaToken {
  readonly rows: number;
  readonly fullAt: Date;
}
