import type { FinishedCommands } from './finished-commands.ts';
import type { ServerClient } from './server-client.ts';

/**
 * Removes results of an earlier process that the server has: that process died between the answer and the removal. One that the server still
 * waits for stays; its command comes again on the stream.
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
