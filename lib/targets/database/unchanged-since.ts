import { ChangesLostError } from '#lib/reload/engine/reading/changes-lost.ts';
import type { PublishOptions } from '#lib/reload/engine/sink.ts';
import type { LandedDeltaToken } from '#lib/reload/stage/stage-file.ts';

/** What is landed now. */
interface LandedNow {
  /** Any signature: a column that could not be read in this round changes it, not which rows the changes apply to. */
  deltaToken(): Promise<LandedDeltaToken | null>;
  rows(): Promise<number>;
}

/**
 * Changes are valid only for the rows that they were requested for: the same delta token, and the same number of landed rows.
 * @throws ChangesLostError when another writer has changed the table since.
 */
export async function requireUnchangedSince(
  { changes, deltaToken, unread }: Pick<PublishOptions, 'changes' | 'deltaToken' | 'unread'>,
  landed: LandedNow,
): Promise<void> {
  const since = changes?.since ?? null;
  const now = deltaToken === null ? null : await landed.deltaToken();
  if (since === null || now?.deltaToken !== since.deltaToken)
    throw new ChangesLostError('Another run has written to the table since then.');
  // Rows without a change keep the earlier values for it.
  const readAgain = (now.unread ?? []).filter((name) => unread.every((column) => column.name !== name));
  if (readAgain.length > 0) throw new ChangesLostError(`The last run could not read ${readAgain.join(', ')}.`);
  const count = await landed.rows();
  if (count !== since.rows) throw new ChangesLostError(`The table has ${count} rows, but had ${since.rows} after the last run.`);
}
