import type { Manifest } from '../versions.ts';

/** A version that is complete, to become the next snapshot. */
export interface NextSnapshot {
  readonly version: string;
  readonly manifest: Manifest;
  /** Older versions that stay: their snapshots may be read, others are taken out. */
  readonly kept: readonly string[];
  readonly now: Date;
}
