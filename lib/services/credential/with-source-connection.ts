import type { SourceConnection } from '#lib/domain/account/session.ts';
import { AppError } from '#lib/platform/errors.ts';
import { noteSignInNeeded } from '#lib/services/connection/note-sign-in-needed.ts';
import { sourceConnection } from '#lib/services/connection/require-connection.ts';
import type { Context } from '#lib/services/context.ts';
import type { ConnectionRow } from '#lib/store/connection/connections.ts';

/** Problem code of the executor for a refresh token that Entra refused: a person has to sign in again. */
export const NEEDS_REAUTHENTICATION = 'needs-reauthentication';

/** Runs an operation at the source, and records on the connection when Entra requires a new sign-in. */
export async function withSourceConnection<T>(
  ctx: Pick<Context, 'db' | 'ring' | 'clock'>,
  row: ConnectionRow,
  call: (connection: SourceConnection) => Promise<T>,
): Promise<T> {
  try {
    return await call(await sourceConnection(ctx, row));
  } catch (error) {
    if (error instanceof AppError && error.code === NEEDS_REAUTHENTICATION) {
      await noteSignInNeeded(ctx, row, error.problem);
    }
    throw error;
  }
}
