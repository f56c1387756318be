import type { Manifest } from '../versions.ts';

/** A complete version that becomes the next snapshot. */
export interface NextSnapshot {
  readonly version: string;
  readonly manifest: Manifest;
  /** Older versions that are kept; snapshots of other versions are removed. */
  readonly kept: readonly string[];
  readonly now: Date;
}
