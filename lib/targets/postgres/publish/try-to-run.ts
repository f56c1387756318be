import pg from 'pg';
import type { LandingSession } from '../landing-session.ts';

/** Null when it was executed, else the reason of the database. Rethrows errors that are independent of the statement (connection, disk, lock). */
export async function tryToRun(session: LandingSession, sql: string): Promise<string | null> {
  await session.run('SAVEPOINT entrada_attach');
  try {
    await session.run(sql);
  } catch (error) {
    const refused = databaseErrorOf(error);
    // 0A: not supported; 22: value; 23: constraint; 2BP01: others depend on it; 42: name, syntax or right; 55000: wrong state.
    if (refused === null || !/^(0A|22|23|2BP01|42|55000)/.test(refused.code ?? '')) throw error;
    await session.run('ROLLBACK TO SAVEPOINT entrada_attach');
    return `the database answered "${refused.message}" (${refused.code ?? ''}).`;
  }
  await session.run('RELEASE SAVEPOINT entrada_attach');
  return null;
}

function databaseErrorOf(error: unknown): pg.DatabaseError | null {
  if (error instanceof pg.DatabaseError) return error;
  return error instanceof Error && error.cause instanceof pg.DatabaseError ? error.cause : null;
}
