import type { Problem } from '#lib/domain/problem.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseBadValue } from '#lib/reload/parse/sql/value-sql.ts';
import type { UnreadableRow } from '#lib/reload/parse/unreadable-row.ts';

/** Message of a page that has no `value` array. */
export const NO_VALUE_ARRAY = 'entrada-no-value-array';

type StageFault = 'stage-in-use' | 'stage-unusable' | 'stage-disk-full' | 'stage-forbidden' | 'key-missing';

/** The stage can't be used, for a reason that a person can see to. */
export class StageUnusableError extends AppError {
  override readonly name = 'StageUnusableError';
  constructor(fault: StageFault, where: string, detail?: string, cause?: unknown) {
    super(problemOf(fault, where, detail), { cause });
  }
}

/** A page isn't the document that was agreed: no JSON, no `value` array, or rows that aren't objects. */
export class PageError extends AppError {
  override readonly name = 'PageError';
}

/** Whether the parser gave up on a page as JSON (as opposed to a value of the wrong type). */
export function isMalformedPage(error: unknown): boolean {
  return error instanceof PageError && error.code === 'page-malformed';
}

/** Whether the parser took a page for JSON, but not for a list of rows of these columns. */
export function isUnexpectedPage(error: unknown): boolean {
  return error instanceof PageError && error.code === 'page-unexpected';
}

/** A row that can't be taken, by column and key. */
export function unreadableRow({ column, key, found }: UnreadableRow): PageError {
  const row = key === '' ? 'A row' : `The row with the key ${key}`;
  return new PageError({
    code: 'row-unreadable',
    title: `${row} has ${column} ${found.startsWith('twice') ? found : `as ${found}`}.`,
    remedy: `Correct the object in Entra, or deselect ${column} on the connection metadata page. Nothing was published.`,
    fixer: 'you',
    field: column,
  });
}

/** DuckDB's and the file system's errors as AppErrors; others as they are. DuckDB has no error codes: its words are matched. */
export function toStageError(error: unknown, dir: string): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const { message } = error;
  const bad = parseBadValue(message);
  if (bad !== null) {
    return new PageError({
      code: 'value-of-other-type',
      title: `Column ${bad.column} holds a value that is not ${bad.type}: ${bad.found}.`,
      ...(bad.key === undefined || bad.key === '' ? {} : { detail: `The row has the key ${bad.key}.` }),
      remedy:
        'On the connection metadata page, choose the type string for the column, which can store every value, or deselect the column. Nothing was published.',
      fixer: 'you',
      field: bad.column,
    });
  }
  if (message.includes(NO_VALUE_ARRAY) || message.includes('JSON transform error')) {
    return new PageError(
      { code: 'page-unexpected', title: 'Graph sent a page that is not a list of rows.', remedy: 'Run the task again.' },
      { cause: withoutData(error), retry: 'backoff' },
    );
  }
  if (message.includes('Malformed JSON')) {
    return new PageError(
      { code: 'page-malformed', title: 'Graph sent a page that is not valid JSON.', remedy: 'Run the task again.' },
      { cause: withoutData(error), retry: 'backoff' },
    );
  }
  const code = (error as NodeJS.ErrnoException).code;
  if (message.includes('Could not set lock')) return new StageUnusableError('stage-in-use', dir, undefined, error);
  if (code === 'ENOSPC' || message.includes('No space left on device'))
    return new StageUnusableError('stage-disk-full', dir, undefined, error);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || message.includes('Permission denied')) {
    return new StageUnusableError('stage-forbidden', dir, undefined, error);
  }
  return error;
}

/** DuckDB quotes the row that it stumbled over: rows are not for logs. */
function withoutData(error: Error): Error {
  return new Error(error.message.split(', but got')[0]?.split('\n')[0] ?? 'DuckDB error');
}

function problemOf(fault: StageFault, where: string, detail: string | undefined): Problem {
  switch (fault) {
    case 'stage-in-use':
      return {
        code: fault,
        title: 'Another process is still working on this dataset run.',
        detail: where,
        remedy: 'Wait until that process has ended, then run the task again.',
        fixer: 'operator',
      };
    case 'stage-unusable':
      return {
        code: fault,
        title: `Entrada could not create the temporary folder of this dataset run: ${where}.`,
        remedy: 'Check the free space and the rights of the data folder of Entrada (ENTRADA_DATA_DIR).',
        fixer: 'operator',
      };
    case 'stage-disk-full':
      return {
        code: fault,
        title: `The disk is full: ${where}.`,
        remedy: 'Free space on the disk of the data folder (ENTRADA_DATA_DIR) and run the task again. Nothing was published.',
        fixer: 'operator',
      };
    case 'stage-forbidden':
      return {
        code: fault,
        title: `Entrada may not write to ${where}.`,
        remedy: 'Give the user that runs Entrada write access to the data folder (ENTRADA_DATA_DIR).',
        fixer: 'operator',
      };
    case 'key-missing':
      return {
        code: fault,
        title: `Graph sent rows without a value in the key column ${detail ?? ''}.`,
        remedy: 'Choose another key on the connection metadata page. Nothing was published.',
        fixer: 'you',
        ...(detail === undefined ? {} : { field: detail }),
      };
  }
}
