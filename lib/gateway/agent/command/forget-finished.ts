import type { ServerClient } from '../link/server-client.ts';
import type { FinishedCommands } from './finished-commands.ts';

/**
 * Deletes results of an earlier process that the server has confirmed: that process ended between the confirmation and the deletion. A result that
 * the server
 * still needs is kept; its command arrives again on the stream.
 */
export async function forgetFinished(
  {
    client,
    finished,
    instance,
  }: { readonly client: ServerClient; readonly finished: FinishedCommands; readonly instance: string },
  signal: AbortSignal,
): Promise<void> {
  for (const id of finished.list()) {
    const found = await finished.find(id);
    if (found === null || found === 'begun') continue;
    const { stop } = await client.ack(id, { attempt: found.attempt, instance }, signal).catch(() => ({ stop: null }));
    if (stop === 'given-up') finished.remove(id);
  }
}
