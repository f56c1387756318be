import { z } from 'zod';

/**
 * What a dataset waits for. `quota`: one of Graph's quotas is used up; `graph`: Graph or Entra cannot be reached, or refuses for the moment;
 * `large-dataset`: another large dataset of the same process; `gateway`: a data gateway that is not connected; `database`: the target.
 */
export const WaitKind = z.enum(['quota', 'graph', 'large-dataset', 'gateway', 'database']);
export type WaitKind = z.infer<typeof WaitKind>;

/** A wait that a dataset run reports while it lasts. */
export const Wait = z.object({
  kind: WaitKind,
  /** A sentence for people. */
  text: z.string(),
  /** When the dataset began to wait without a pause; ISO 8601 UTC. */
  since: z.string(),
  /** When it goes on or tries again, where that is known; ISO 8601 UTC. */
  until: z.string().nullable(),
});
export type Wait = z.infer<typeof Wait>;

/** The one wait of a process that has no end that is known: for the large dataset before it. */
export const LARGE_DATASET_WAIT = 'Another large dataset is read first, so that memory stays bounded.';
