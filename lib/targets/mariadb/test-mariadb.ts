import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TargetCheck, TargetTest } from '#lib/domain/target/target.ts';
import { AppError } from '#lib/platform/errors.ts';
import { failedToConnect } from '#lib/targets/database/failed-to-connect.ts';
import { checkRights } from './rights.ts';
import type { MariadbTarget } from './server.ts';
import { type MariadbSession, withSession } from './session.ts';
import { quote } from './table/names.ts';

/** Oldest MariaDB that is supported: the one that the tests run on. */
const OLDEST = [10, 11] as const;

/** Connects, looks at version, encryption and rights, then loads, renames and drops a table of its own. Nothing is left behind. */
export async function testMariadb(target: MariadbTarget, signal: AbortSignal): Promise<TargetTest> {
  const checks: TargetCheck[] = [];
  try {
    await withSession(target, signal, async (session) => {
      checks.push(await describeServer(session));
      if (checks.some(({ passed }) => !passed)) return;
      checks.push(await checkRights(session, target.settings));
      if (checks.every(({ passed }) => passed)) checks.push(await tryToLoad(session));
    });
  } catch (error) {
    checks.push(failedToConnect(signal.aborted ? signal.reason : error));
  }
  return { passed: checks.every(({ passed }) => passed), checks };
}

async function describeServer(session: MariadbSession): Promise<TargetCheck> {
  const [server] = await session.query('SELECT VERSION() AS version');
  const [tls] = await session.query("SHOW SESSION STATUS LIKE 'Ssl_version'");
  const version = String(server?.['version']);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNew = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  const passed = version.includes('MariaDB') && isNew;
  const protocol = String(tls?.['Value'] ?? '');
  return {
    ...{ name: 'connect', title: 'Sign-in', passed },
    detail: `${version}, ${protocol === '' ? 'without TLS' : protocol}`,
    remedy: passed ? null : `Use MariaDB ${OLDEST.join('.')} or later.`,
  };
}

async function tryToLoad(session: MariadbSession): Promise<TargetCheck> {
  const [made, renamed] = ['1', '2'].map((number) => quote(`entrada_test_${process.pid}_${number}`));
  const folder = await mkdtemp(join(tmpdir(), 'entrada-test-'));
  const check = { name: 'load', title: 'Load and swap a table' };
  try {
    const file = join(folder, 'rows.csv');
    await writeFile(file, '"1"\n');
    await session.run(`CREATE TABLE ${made} (id int NOT NULL PRIMARY KEY) ENGINE = InnoDB`);
    await session.load(made ?? '', '(id)', file);
    await session.run(`RENAME TABLE ${made} TO ${renamed}`);
    return { ...check, passed: true, detail: null, remedy: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...check, passed: false, detail: error.problem.title, remedy: error.problem.remedy ?? null };
  } finally {
    await session.run(`DROP TABLE IF EXISTS ${made}, ${renamed}`).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  }
}
