import type { Problem } from '#lib/domain/problem.ts';
import { AppError, RemoteError } from '#lib/platform/errors.ts';
import {
  connectionLost,
  DISK_FULL,
  DUPLICATE_KEY,
  isSocketError,
  ROWS_NEEDED,
  TABLE_BUSY,
  VALUE_REFUSED,
} from '#lib/targets/database/database-problems.ts';

const FORBIDDEN: Problem = {
  code: 'landing-forbidden',
  title: 'The database refused the statement: the user lacks a right.',
  remedy: 'Grant the missing right to the user of the target. The test of the target names the right.',
  fixer: 'operator',
};
const SIGN_IN: Problem = {
  code: 'landing-sign-in-refused',
  title: 'The database refused the sign-in.',
  remedy: 'Check the user and the password of the target, and that the user may connect from this machine.',
  fixer: 'operator',
};
const MISSING: Problem = {
  code: 'landing-missing',
  title: 'The database does not exist.',
  remedy: 'Create the database, or correct its name in the target.',
  fixer: 'operator',
};
const NO_LOCAL: Problem = {
  code: 'landing-forbidden',
  title: 'The server does not allow LOAD DATA LOCAL.',
  remedy: 'As an administrator of the server: SET GLOBAL local_infile = ON; (and local_infile = ON in its configuration).',
  fixer: 'operator',
};

/** Error numbers (MariaDB documentation, "Error Codes") and what they mean for a person here. */
const PROBLEMS: ReadonlyMap<number, Problem> = new Map([
  ...[1044, 1142, 1143, 1227, 1370, 1410].map((code) => [code, FORBIDDEN] as const),
  ...[1045, 1698, 1524, 1251, 1820, 1862, 4151].map((code) => [code, SIGN_IN] as const),
  [1049, MISSING],
  ...[1021, 1114, 1041].map((code) => [code, DISK_FULL] as const),
  ...[1205, 1213].map((code) => [code, TABLE_BUSY] as const),
  ...[1062, 1586].map((code) => [code, DUPLICATE_KEY] as const),
  ...[1217, 1451, 1701].map((code) => [code, ROWS_NEEDED] as const),
  ...[1048, 1071, 1118, 1153, 1264, 1265, 1292, 1300, 1366, 1406, 1411, 3140, 4025, 4038].map(
    (code) => [code, VALUE_REFUSED] as const,
  ),
  ...[1148, 3948, 4166].map((code) => [code, NO_LOCAL] as const),
]);

/** 1053, 1152-1161: aborted or shut down; 1040, 1203: too many connections; 1317, 1927: killed. */
const LOST_CODES = new Set([1040, 1053, 1152, 1158, 1159, 1160, 1161, 1203, 1317, 1927, 2006, 2013, 4031]);

interface DriverError extends Error {
  readonly errno?: number;
  readonly code?: string;
}

/** What MariaDB (or the way to it) answered, as an AppError. Its words are shown only where they hold no value of a row. */
export function toMariadbError(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const { errno = 0, code = '', message } = error as DriverError;
  const problem = problemOf(errno);
  if (problem !== null) {
    const named = [FORBIDDEN, ROWS_NEEDED].includes(problem) ? { detail: message } : {};
    return new RemoteError({ ...problem, ...named }, { cause: error });
  }
  const lost = LOST_CODES.has(errno) || isSocketError(error) || code.startsWith('PROTOCOL_') || message.includes('closed state');
  return lost ? connectionLost(error) : error;
}

/** What an error, or a warning of a load, means for a person; null: it is not known. */
export function problemOf(errno: number): Problem | null {
  return PROBLEMS.get(errno) ?? null;
}

/** A load warns where other statements fail: what it could not take as it is would be cut, left out or replaced. */
export function refusedLoad(errno: number, column: string | null): RemoteError {
  const problem = problemOf(errno) ?? VALUE_REFUSED;
  return new RemoteError(
    { ...problem, ...(column === null ? {} : { detail: column }) },
    { cause: new Error(`warning ${errno}`) },
  );
}
