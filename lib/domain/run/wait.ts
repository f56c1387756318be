import { z } from 'zod';

/**
 * What a dataset waits for. `quota`: a quota of Graph is used up; `graph`: Graph or Entra is unreachable or refuses temporarily;
 * `large-dataset`: another large dataset of the same process; `gateway`: a data gateway that is not connected; `database`: the target;
 * `other-datasets`: those of the run with which the dataset is published.
 */
export const WaitKind = z.enum(['quota', 'graph', 'large-dataset', 'gateway', 'database', 'other-datasets']);
export type WaitKind = z.infer<typeof WaitKind>;

/** A wait that a dataset run reports while it lasts. */
export const Wait = z.object({
  kind: WaitKind,
  /** A sentence for people. */
  text: z.string(),
  /** Start of the uninterrupted wait; ISO 8601 UTC. */
  since: z.string(),
  /** When it continues or retries; null when unknown. ISO 8601 UTC. */
  until: z.string().nullable(),
});
export type Wait = z.infer<typeof Wait>;

/** The text of the wait for another large dataset, whose end is unknown. */
export const LARGE_DATASET_WAIT = 'Waits for another large dataset, so that memory stays bounded.';

/** The text of the wait for the datasets with which a dataset is published. */
export const OTHER_DATASETS_WAIT = 'All rows are read. They are published together with the other datasets of the run.';
