import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findOtherPostgres, OLDEST_POSTGRES } from '#lib/platform/testing/other-postgres.ts';
import { runProgram } from './process/run-program.ts';

const { name, version, integrity, folder, platform, major } = OLDEST_POSTGRES;
/** Milliseconds. */
const INSTALL_TIME_MAX = 120_000;

/**
 * Installs, once, the oldest PostgreSQL that targets may have, for the tests of targets, where there is a package of it and no server was chosen. Not a
 * dependency: each install of Entrada would have 60 MB more. Where it can't be installed, the tests use what they find.
 */
export async function bringOtherPostgres(say: (text: string) => void): Promise<void> {
  const isChosen = (process.env['ENTRADA_TEST_POSTGRES'] ?? '') !== '';
  if (isChosen || existsSync(folder) || `${process.platform}-${process.arch}` !== platform) return;
  say(`Installing PostgreSQL ${major} for tests of targets (once) ...`);
  mkdirSync(dirname(folder), { recursive: true });
  const draft = mkdtempSync(`${folder}.`);
  try {
    const dependencies = { [name]: version };
    const packages = { '': { dependencies }, [`node_modules/${name}`]: { version, integrity } };
    writeFileSync(join(draft, 'package.json'), JSON.stringify({ private: true, dependencies }));
    writeFileSync(join(draft, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, requires: true, packages }));
    const { code, output } = await npmInstall(draft);
    if (code === 0) renameSync(draft, folder);
    else say(`It could not be installed: ${output.trim().slice(-500)}`);
  } catch (error) {
    say(`It could not be installed: ${String(error)}`);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  if (findOtherPostgres() === null) say('Targets are tested on one major version of PostgreSQL.');
}

function npmInstall(cwd: string) {
  const cli = process.env['npm_execpath'];
  const npm =
    cli !== undefined && /npm-cli\.c?js$/.test(cli) && existsSync(cli) ? [process.execPath, '--no-deprecation', cli] : ['npm'];
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=1', `--fetch-timeout=${INSTALL_TIME_MAX}`];
  // A nested npm must not take the folder of the outer one.
  return runProgram([...npm, 'install', ...options], { npm_config_local_prefix: cwd }, { cwd });
}
