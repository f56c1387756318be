import type { Problem } from '#lib/domain/problem.ts';
import { AppError, RemoteError } from '#lib/platform/errors.ts';

/** Problems that any database can answer with. */
export const DISK_FULL: Problem = {
  code: 'landing-disk-full',
  title: 'The disk of the database is full.',
  remedy: 'Free space on the disk and run the task again. Nothing was published.',
  fixer: 'operator',
};
export const TABLE_BUSY: Problem = {
  code: 'landing-table-busy',
  title: 'Another run or a long query uses the table.',
  remedy: 'Wait until it has ended, then run the task again. Nothing was published.',
  fixer: 'you',
};
export const DUPLICATE_KEY: Problem = {
  code: 'landing-duplicate-key',
  title: 'The table already holds rows with the same key.',
  remedy: 'Check the table for rows that Entrada did not write, and delete them. Nothing was published.',
  fixer: 'you',
};
export const ROWS_NEEDED: Problem = {
  code: 'landing-table-needed',
  title: 'A foreign key of another table refers to rows that the run would delete.',
  remedy:
    'Delete those rows of the other table, or define the foreign key with ON DELETE CASCADE or SET NULL. Nothing was published.',
  fixer: 'you',
};
export const VALUE_REFUSED: Problem = {
  code: 'landing-value-refused',
  title: 'The database refused a value.',
  remedy: 'On the connection metadata page, deselect the column or choose the type string for it. Nothing was published.',
  fixer: 'you',
};

const CONNECTION_LOST: Problem = {
  code: 'landing-unreachable',
  title: 'The connection to the database was lost.',
  remedy:
    'Check that the database of the target is running and that this machine reaches it. Then run the task again. Nothing was published.',
  fixer: 'operator',
};

export function connectionLost(cause: unknown): RemoteError {
  return new RemoteError(CONNECTION_LOST, { cause, retry: 'backoff' });
}

/** Whether the connection broke, so that the state of the transaction is unknown. */
export function isConnectionLost(error: unknown): boolean {
  return error instanceof AppError && error.code === CONNECTION_LOST.code;
}

/** Whether the error is one of the socket or of the look-up of its host, by Node's error code. */
export function isSocketError(error: Error): boolean {
  return /^(ECONN|EPIPE|EHOST|ENET|ENOTFOUND|ETIMEDOUT|EAI_)/.test((error as NodeJS.ErrnoException).code ?? '');
}
