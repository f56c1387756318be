import pg from 'pg';
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

/** Problems by SQLSTATE class or code (PostgreSQL documentation, appendix A). */
const PROBLEMS: Readonly<Record<string, Problem>> = {
  '42501': {
    code: 'landing-forbidden',
    title: 'The database refused the statement: the role lacks a right.',
    remedy:
      'Grant the role of the target the right to create schemas and tables in the database. The test of the target names the missing right.',
    fixer: 'operator',
  },
  '28': {
    code: 'landing-sign-in-refused',
    title: 'The database refused the sign-in.',
    remedy: 'Check the user and the password of the target (for the built-in target: ENTRADA_LANDING_URL).',
    fixer: 'operator',
  },
  '3D': {
    code: 'landing-missing',
    title: 'The database does not exist.',
    remedy: 'Create the database, or correct its name in the target (for the built-in target: ENTRADA_LANDING_URL).',
    fixer: 'operator',
  },
  '53100': DISK_FULL,
  '55P03': TABLE_BUSY,
  '2BP01': {
    code: 'landing-table-needed',
    title: 'The database cannot drop the table, because views or other objects depend on it.',
    remedy: 'Drop those objects, run the task, and create them again. Nothing was published.',
    fixer: 'you',
  },
  '23505': DUPLICATE_KEY,
  '23503': ROWS_NEEDED,
  '22': VALUE_REFUSED,
};

/** Problems by the code of a certificate that was not accepted (Node.js documentation, "X509 certificate error codes"). */
function certificateProblem(error: Error): Problem | null {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const base = { code: 'certificate-untrusted', fixer: 'operator' } as const;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      ...base,
      title: 'The certificate of the database is for another host name.',
      detail: error.message,
      remedy: 'Enter the host name that is in the certificate, or choose "Verify the certificate, but not the host name" as TLS.',
    };
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return {
      ...base,
      title: 'The certificate of the database is not valid today.',
      remedy: 'Renew the certificate on the server.',
    };
  if (/^(UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|CERT_UNTRUSTED)/.test(code)) {
    return {
      ...base,
      title: 'The certificate of the database is signed by an authority that Entrada does not trust.',
      remedy: 'Paste the certificate of that authority into "CA certificate (PEM)" of the target.',
    };
  }
  if (!error.message.includes('does not support SSL')) return null;
  return {
    ...base,
    code: 'landing-without-tls',
    title: 'The database does not offer TLS.',
    remedy: 'Turn on TLS on the server, or choose "No TLS" if the network to the server is your own.',
  };
}

/** Converts an error of PostgreSQL or of the connection to an AppError. Contains no values: `detail` names only table and column. */
export function toLandingError(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  if (!(error instanceof pg.DatabaseError)) {
    const certificate = certificateProblem(error);
    if (certificate !== null) return new RemoteError(certificate, { cause: error });
    return isConnectionError(error) ? connectionLost(error) : error;
  }
  const code = error.code ?? '';
  const problem = PROBLEMS[code] ?? PROBLEMS[code.slice(0, 2)];
  // 08: connection exceptions; 57P01-57P03: shut down or terminated; 53300: too many connections.
  if (problem === undefined)
    return code.startsWith('08') || code.startsWith('57P') || code === '53300' ? connectionLost(error) : error;
  const where = [error.schema, error.table, error.column].filter((name) => name !== undefined && name !== '').join('.');
  const detail = ['42501', '2BP01', '23503'].includes(code) ? error.message : where;
  return new RemoteError(detail === '' ? problem : { ...problem, detail }, { cause: error });
}

function isConnectionError(error: Error): boolean {
  if (isSocketError(error)) return true;
  return error.message.startsWith('Connection terminated') || error.message.includes('Client has encountered a connection error');
}
